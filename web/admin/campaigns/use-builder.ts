/** The condition builder's file: on its way, here, or not to be had. */
import { useEffect, useState } from "preact/hooks";
import type { ApiFailure } from "../../shared/api.ts";
import { asFailure } from "../resource.ts";
import type { ConditionBuilder } from "./builder/condition-builder.tsx";

type Builder = typeof ConditionBuilder;
export type LoadedBuilder = { Builder: Builder | null; failure: ApiFailure | null; load: () => void };

let loaded: Builder | null = null;

export function useBuilder(): LoadedBuilder {
  const [state, setState] = useState<{ Builder: Builder | null; failure: ApiFailure | null }>({
    Builder: loaded,
    failure: null,
  });
  const load = (): void => {
    setState({ Builder: null, failure: null });
    import("./builder/condition-builder.tsx").then(
      (module) => {
        loaded = module.ConditionBuilder;
        setState({ Builder: loaded, failure: null });
      },
      (error: unknown) => setState({ Builder: null, failure: asFailure(error) }),
    );
  };
  useEffect(() => {
    if (loaded === null) load();
  }, []);
  return { ...state, load };
}
