/** What the build's own imports give. */
declare module "*.json?icu" {
  const catalogue: Readonly<Record<string, (args?: Record<string, string | number | Date>) => string>>;
  export default catalogue;
}
