import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { bigCluster, clusterJson, clusterYaml, dump, manifestsList, manifestsYaml } from "./generate.ts";
import {
  growthExponent,
  interleaved,
  type Measurable,
  stage,
  wholeProcess,
  wholeProcessWithMemory,
} from "./measure.ts";
import { megabytes, milliseconds, type Row } from "./table.ts";

/** Where the bench finds what it measures. */
export interface Bench {
  readonly root: string;
  /** Folder of generated inputs and built workers. */
  readonly results: string;
  readonly runs: number;
}

export type Group = (bench: Bench) => Promise<readonly Row[]>;

const program = (bench: Bench): string => join(bench.root, "bin/k8snet.js");
const jobsApp = (bench: Bench): string => join(bench.root, "fixtures/jobs-app/manifests");

/** Writes an input once; the generator's output never changes within one checkout. */
async function input(bench: Bench, name: string, pieces: () => Iterable<string>): Promise<string> {
  const path = join(bench.results, "inputs", name);
  if (existsSync(path)) return path;
  mkdirSync(join(bench.results, "inputs"), { recursive: true });
  const file = createWriteStream(`${path}.tmp`);
  let buffered = "";
  for (const piece of pieces()) {
    buffered += piece;
    if (buffered.length < 1 << 20) continue;
    if (!file.write(buffered)) await once(file, "drain");
    buffered = "";
  }
  file.end(buffered);
  await finished(file);
  renameSync(`${path}.tmp`, path);
  return path;
}

function worker(bench: Bench, ...args: readonly string[]): Measurable {
  return stage(join(bench.results, "stages.mjs"), ...args);
}

function ratioRow(
  group: string,
  name: string,
  ours: number,
  against: string,
  floor: number,
  limit: number,
): Row {
  return {
    group,
    name,
    figure: milliseconds(ours),
    against: `${against}: ${milliseconds(floor)}`,
    value: ours / floor,
    limit,
    unit: "x",
  };
}

export const startUp: Group = async (bench) => {
  const group = "start-up";
  const things = [
    ["-e", "0"],
    [program(bench), "--version"],
    [program(bench), "--help"],
    [program(bench), "render", "-f", jobsApp(bench)],
  ].map((argv) => wholeProcess(argv));
  const [bare, version, help, render] = interleaved(things, 4 * bench.runs + 1).map((s) => s.milliseconds);
  return [
    ratioRow(group, "k8snet --version", version!, "node -e 0", bare!, 1.5),
    {
      group,
      name: "k8snet --help",
      figure: milliseconds(help!),
      against: `node -e 0: ${milliseconds(bare!)}`,
    },
    ratioRow(group, "k8snet render of the jobs application", render!, "node -e 0", bare!, 2),
  ];
};

export const yaml: Group = async (bench) => {
  const rows: Row[] = [];
  for (const count of [1000, 10000]) {
    const path = await input(bench, `manifests-${count}.yaml`, () => [manifestsYaml(count)]);
    const [render, parse, inside] = interleaved(
      [
        wholeProcess([program(bench), "render", "-f", path, "-o", "save"]),
        wholeProcess([join(bench.results, "stages.mjs"), "js-yaml", path]),
        worker(bench, "js-yaml", path),
      ],
      bench.runs,
    ).map((sample) => sample.milliseconds);
    const size = megabytes(statSync(path).size);
    const name = `render -o save, ${count} Deployments + Services (${size} YAML)`;
    rows.push(ratioRow("yaml", name, render!, "js-yaml 5 alone, process", parse!, 2.5), {
      group: "yaml",
      name: "  the same, without the start of node",
      figure: "",
      against: `js-yaml 5 alone: ${milliseconds(inside!)}`,
    });
  }
  return rows;
};

/** Reading, decoding, checking, the cluster and its endpoints: what every command begins with. */
export const loading: Group = async (bench) => {
  const rows: Row[] = [];
  const inputs = [1000, 10000].flatMap((count) => [
    {
      file: `manifests-${count}.yaml`,
      what: `${count} Deployments + Services`,
      text: () => manifestsYaml(count),
    },
    { file: `list-${count}.yaml`, what: "the same as one List", text: () => manifestsList(count) },
  ]);
  for (const { file, what, text } of inputs) {
    const path = await input(bench, file, () => [text()]);
    const part = (stage: string): Measurable =>
      wholeProcess([join(bench.results, "stages.mjs"), stage, path]);
    const [load, parse] = interleaved([part("load"), part("js-yaml")], bench.runs).map((s) => s.milliseconds);
    rows.push(
      ratioRow("loading", `loaded to endpoints: ${what}`, load!, "js-yaml 5 alone, process", parse!, 1.5),
    );
  }
  return rows;
};

const second = 1000;

export const endpoints: Group = async (bench) => {
  const group = "endpoints";
  const json = await input(bench, "endpoints.json", () => clusterJson(bigCluster));
  const yamlPath = await input(bench, "endpoints.yaml", () => clusterYaml(bigCluster));
  const whole = (path: string): Measurable =>
    wholeProcessWithMemory(join(bench.root, "bench/report-memory.cjs"), [
      program(bench),
      ...["render", "-f", path, "-o", "save", "--node", "node-0000"],
    ]);
  const [fromJson, fromYaml, rules, floor] = interleaved(
    [whole(json), whole(yamlPath), worker(bench, "rules", json), worker(bench, "sha256", "255000")],
    Math.min(3, bench.runs),
  );
  const memoryRow = (name: string, sample: { milliseconds: number; memory?: number }, path: string): Row => ({
    group,
    name,
    figure: milliseconds(sample.milliseconds),
    against: `input of ${megabytes(statSync(path).size)}`,
    value: (sample.memory ?? Number.NaN) / 1e6,
    limit: 1500,
    unit: "MB",
  });
  return [
    memoryRow("render -o save, 5,000 Services, 250,000 endpoints, JSON", fromJson!, json),
    memoryRow("render -o save, the same as YAML", fromYaml!, yamlPath),
    {
      group,
      name: "  from resolved endpoints to the text",
      figure: milliseconds(rules!.milliseconds),
      against: "kube-proxy 1.37, its full sync: 1.25 s",
      value: rules!.milliseconds / second,
      limit: 2.5,
      unit: "s",
    },
    ratioRow(group, "  the same", rules!.milliseconds, "sha256 of 255,000 names", floor!.milliseconds, 4),
  ];
};

export const dumps: Group = async (bench) => {
  const path = await input(bench, "dump.txt", () => dump({ services: 3500, endpointsEach: 50, nodes: 1000 }));
  const [read] = interleaved([worker(bench, "dump", path)], Math.min(3, bench.runs));
  return [
    {
      group: "dump",
      name: `a dump of 700,000 lines read, one packet traced, printed back`,
      figure: milliseconds(read!.milliseconds),
      against: `text of ${megabytes(statSync(path).size)}, peak ${megabytes(read!.memory ?? 0)}`,
    },
  ];
};

export const growth: Group = async (bench) => {
  const sizes = [1000, 2000, 4000, 8000, 16000, 32000];
  const paths: string[] = [];
  for (const size of sizes)
    paths.push(await input(bench, `manifests-${size}.yaml`, () => [manifestsYaml(size)]));
  const samples = interleaved(
    paths.map((path) => worker(bench, "manifests-to-save", path)),
    Math.min(3, bench.runs),
  );
  const points = sizes.map((size, i) => [size, samples[i]!.milliseconds] as const);
  return [
    {
      group: "growth",
      name: "growth from 1,000 to 32,000 Services",
      figure: points.map(([, time]) => milliseconds(time)).join(", "),
      value: growthExponent(points),
      limit: 1.1,
      unit: "exponent",
    },
  ];
};

export const tracing: Group = async (bench) => {
  const path = await input(bench, "manifests-10000.yaml", () => [manifestsYaml(10000)]);
  const pairs = await input(bench, "manifests-100.yaml", () => [manifestsYaml(100)]);
  const [one, all] = interleaved(
    [worker(bench, "trace-one", path), worker(bench, "trace-pairs", pairs)],
    Math.min(3, bench.runs),
  );
  const row = (name: string, time: number, limit: number): Row => ({
    group: "trace",
    name,
    figure: milliseconds(time),
    value: time / second,
    limit,
    unit: "s",
  });
  return [
    row("one packet through rules of 10,000 Services, after loading", one!.milliseconds, 0.5),
    row("all pairs of 100 Services and 10 sources", all!.milliseconds, 3),
  ];
};

export const comparing: Group = async (bench) => {
  const group = "comparing";
  const path = await input(bench, "manifests-1000.yaml", () => [manifestsYaml(1000)]);
  const few = await input(bench, "manifests-1000-changed.yaml", () => [
    withPortsChanged(manifestsYaml(1000), 10),
  ]);
  const all = await input(bench, "manifests-1000-all-changed.yaml", () => [
    withPortsChanged(manifestsYaml(1000), 1000),
  ]);
  const golden = join(bench.results, "golden");
  wholeProcess([program(bench), "render", "-f", path, "--output-dir", golden])();
  const [render, check, diffFew, diffAll] = interleaved(
    [
      wholeProcess([program(bench), "render", "-f", path, "--output-dir", join(bench.results, "again")]),
      wholeProcess([program(bench), "render", "-f", path, "--check", golden]),
      wholeProcess([program(bench), "diff", path, few], 1),
      wholeProcess([program(bench), "diff", path, all], 1),
    ],
    bench.runs,
  ).map((sample) => sample.milliseconds);
  const against = "render of all nodes";
  return [
    ratioRow(group, "render --check, 1,000 Services", check!, against, render!, 2),
    ratioRow(group, "diff, 1,000 Services, 10 of them changed", diffFew!, against, render!, 3),
    ratioRow(group, "diff, 1,000 Services, all of them changed", diffAll!, against, render!, 3),
  ];
};

function withPortsChanged(text: string, count: number): string {
  const parts = text.split("port: 80\n");
  return `${parts.slice(0, count + 1).join("port: 81\n")}${parts
    .slice(count + 1)
    .map((part) => `port: 80\n${part}`)
    .join("")}`;
}

/** All groups by name, in the order of the table. */
export const groups: Readonly<Record<string, Group>> = {
  "start-up": startUp,
  loading,
  yaml,
  endpoints,
  dump: dumps,
  growth,
  trace: tracing,
  comparing,
};
