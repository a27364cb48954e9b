import type { Command } from "commander";
import { addOutputOptions, type OutputValues } from "../output/output-options.ts";
import type { CommandModule } from "./index.ts";

export const testFormats = ["text", "json", "sarif", "junit", "github", "markdown"] as const;
export type TestFormat = (typeof testFormats)[number];

const examples = `
A file of expectations (docs/expectations.md, schema docs/expectations.schema.json):

  apiVersion: k8snet/v1alpha1
  kind: Expectations
  expectations:
  - from: deploy/frontend
    to: svc/backend-service:3000
    expect: delivered
    endpoints: 3
    masquerade: false
  - statement: every Service has an endpoint on 2 nodes
  - noFindings: true

Examples:
  k8snet test -f manifests/
  k8snet test -f manifests/ network/*.yaml -o text -o junit=k8snet.xml
  helm template ./chart | k8snet test -f - ./k8snet-test.yaml`;

export const testCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("test")
      .description("hold expectations against the manifests")
      .argument("[file...]", "files of expectations (default: ./k8snet-test.yaml)")
      .addHelpText("after", examples)
      .option("--watch", "again after every change of the input or the expectations, until Ctrl-C")
      .action(async (files: string[], options: OutputValues & { readonly watch?: boolean }, own: Command) => {
        const { runTest } = await import("../test/run-test.ts");
        const run = () => runTest(files, options, own, io);
        if (options.watch !== true) return run();
        const { runWatching } = await import("../watch/run-watching.ts");
        return runWatching(own, io, run, files.length > 0 ? files : ["k8snet-test.yaml"]);
      });
    return addOutputOptions(command, testFormats);
  },
};
