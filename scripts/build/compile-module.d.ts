/** The package's own entry point for this function comes without types. */
declare module "@messageformat/core/compile-module.js" {
  import type MessageFormat from "@messageformat/core";
  export default function compileModule(
    messageformat: MessageFormat,
    messages: Record<string, string>,
  ): string;
}
