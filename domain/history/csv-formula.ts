/**
 * Which texts a spreadsheet would take for a formula, so that a CSV file can mark them as text.
 *
 * Only the beginning counts: blanks and line breaks before the sign are no protection, and what follows it may span
 * lines. The wide forms of the signs count too, since some spreadsheets read them as the narrow ones.
 */
export const BEGINS_FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;
