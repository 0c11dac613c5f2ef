/** One reference vector, and what a set of them must be able to do: answer each from its input alone. */
export type Vector = { id: string; kind: string | null; input: unknown };

export type VectorSet = (vector: Vector, meta: Readonly<Record<string, unknown>>) => object;
