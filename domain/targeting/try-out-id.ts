/**
 * How the ids of decisions begin that were made for somebody who tries a campaign out. Nothing of such a decision is kept,
 * so no later answer can name it again, and none takes it back.
 */
export const TRY_OUT_ID = "dec_test_";
