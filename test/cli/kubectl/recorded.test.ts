import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const root = join(__dirname, "../../../fixtures/conformance/kubectl");

/** A recorded command and its output. */
interface Recording {
  readonly cluster: string;
  readonly command: string;
  readonly output: string;
}

const recordings = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: cluster }) =>
    readdirSync(join(root, cluster))
      .filter((file) => file.endsWith(".txt"))
      .flatMap((file) => {
        const text = readFileSync(join(root, cluster, file), "utf8");
        // One file can hold several commands, with an empty line behind each output.
        return text.split(/^(?=\$ kubectl )/m).map((part, _, parts): Recording => {
          const [command, ...rest] = part.split("\n");
          const output = rest.join("\n");
          return {
            cluster,
            command: command!.slice("$ kubectl ".length),
            output: parts.length > 1 ? output.replace(/\n\n$/, "\n") : output,
          };
        });
      }),
  );

/** The words of a recorded command: only a jsonpath template holds spaces, and it stands last. */
function wordsOf(command: string): readonly string[] {
  const template = command.indexOf("jsonpath=");
  return template === -1
    ? command.split(" ")
    : [...command.slice(0, template).trim().split(" "), command.slice(template)];
}

/** A time at which every object is as many seconds old, in digits, as it was when recorded. */
function recordedNow(cluster: string): string {
  const text = readFileSync(join(root, cluster, "cluster.yaml"), "utf8");
  const stamps = [...text.matchAll(/creationTimestamp: "([^"]+)"/g)].map((match) => Date.parse(match[1]!));
  return new Date(Math.max(...stamps) + 3000).toISOString();
}

/** Ages are those of the moment of recording. */
function withoutAges(text: string): string {
  return text.replace(/\b\d+s\b/g, "AGE");
}

test("there are recordings of every form", () => {
  expect(recordings.length).toBeGreaterThan(150);
});

test.each(recordings.map(({ cluster, command, output }) => [cluster, command, output]))(
  "%s: kubectl %s",
  async (cluster, command, output) => {
    const words = wordsOf(command!);
    const time = words[0] === "get" ? ["--now", recordedNow(cluster!)] : [];
    const answer = await runK8snet([...words, ...time, "-f", join(root, cluster!, "cluster.yaml")]);
    expect(withoutAges(answer.stdout)).toBe(withoutAges(output!));
  },
);
