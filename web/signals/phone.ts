/**
 * A text that is a telephone number and little else: a word before it ("Tél. :"), then `+33 …` or `0033 …`, or ten and a
 * few more digits that begin with one 0, as a number is written in France and around it.
 */
export const PHONE = /^[^\d+]{0,16}(\+|00?)\s?[1-9]([\s.()/-]{0,2}\d){8,12}\D{0,9}$/;
