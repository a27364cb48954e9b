import { objectKey } from "../../cluster/model.ts";
import type { CommandIo } from "../terminal/io.ts";
import { findService, type LoadedInput, tell } from "./load-input.ts";

/** `--service` of a Service that kube-proxy writes no rule for: says so, or the empty answer would look like a fault. */
export async function tellWhyWithoutRules(
  input: LoadedInput,
  name: string | undefined,
  io: CommandIo,
): Promise<void> {
  if (name === undefined) return;
  const service = findService(input, name);
  const why =
    service.type === "ExternalName"
      ? `an ExternalName: DNS answers with ${service.externalName}, and no rule is written`
      : service.clusterIps[0] === "None"
        ? "headless: DNS answers with its pods' addresses, and no rule is written"
        : undefined;
  if (why === undefined) return;
  const message = `${objectKey(service)} is ${why}`;
  await tell([{ code: "service-without-rules", severity: "note", message }], input.options, io);
}
