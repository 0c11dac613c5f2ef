/** What the widget's build gives besides the shared imports. */
declare module "*.svg?shapes" {
  const shapes: readonly (readonly [tag: string, attributes: Record<string, string>])[];
  export default shapes;
}
