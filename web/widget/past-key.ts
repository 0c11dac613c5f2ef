/** Where the tokens of a visitor's past conversations with site `key` lie, for the part that lists them. */
export const pastKey = (key: string): string => `aparte:${key}:past`;
