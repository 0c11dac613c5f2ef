/**
 * Linear equations whose matrix is symmetric and positive definite, by its Cholesky factor.
 *
 * Shapes  only the lower triangle of `matrix` is read, and nothing of it is changed.
 * Errors  null where it is not positive definite, to rounding: then there is no one answer.
 */
type Matrix = readonly Float64Array[];

/** A pivot that lost this share of its diagonal is rounding, not a value. */
const SINGULAR = 1e-13;

/** The x for which matrix · x = right. */
export function solvePositive(matrix: Matrix, right: readonly number[]): number[] | null {
  const factor = factorOf(matrix);
  return factor === null ? null : backward(factor, forward(factor, right));
}

function factorOf(matrix: Matrix): Matrix | null {
  const factor = matrix.map((line) => new Float64Array(line.length));
  for (let row = 0; row < matrix.length; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const own = at(matrix, row, column);
      const left = own - products(factor, row, column);
      if (row === column && !(left > SINGULAR * own)) return null;
      const value = row === column ? Math.sqrt(left) : left / at(factor, column, column);
      factor[row]?.set([value], column);
    }
  }
  return factor;
}

function products(factor: Matrix, row: number, column: number): number {
  let sum = 0;
  for (let k = 0; k < column; k += 1) sum += at(factor, row, k) * at(factor, column, k);
  return sum;
}

function forward(factor: Matrix, right: readonly number[]): number[] {
  const answer: number[] = [];
  factor.forEach((_, row) => {
    const known = answer.reduce((sum, value, k) => sum + at(factor, row, k) * value, 0);
    answer.push(((right[row] ?? 0) - known) / at(factor, row, row));
  });
  return answer;
}

function backward(factor: Matrix, right: readonly number[]): number[] {
  const answer = right.map(() => 0);
  for (let row = right.length - 1; row >= 0; row -= 1) {
    let known = 0;
    for (let k = row + 1; k < right.length; k += 1) known += at(factor, k, row) * (answer[k] ?? 0);
    answer[row] = ((right[row] ?? 0) - known) / at(factor, row, row);
  }
  return answer;
}

const at = (matrix: Matrix, row: number, column: number) => matrix[row]?.[column] ?? 0;
