import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";

/** What one run took. */
export interface Sample {
  readonly milliseconds: number;
  /** Peak of the process's resident memory in bytes, where it is measured. */
  readonly memory?: number;
}

/** Something that can be measured: one fresh process a run. */
export type Measurable = () => Sample;

const nowhere = openSync("/dev/null", "w");

/** The wall time of a whole process, start included. Its output goes to /dev/null. */
export function wholeProcess(argv: readonly string[], expectedStatus = 0): Measurable {
  return () => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [...argv], {
      stdio: ["ignore", nowhere, "pipe"],
      encoding: "utf8",
    });
    const milliseconds = performance.now() - began;
    if (status !== expectedStatus) throw new Error(`node ${argv.join(" ")}: status ${status}\n${stderr}`);
    return { milliseconds };
  };
}

/** As {@link wholeProcess}, with its peak of memory, which a module loaded before it reports on file descriptor 3. */
export function wholeProcessWithMemory(reporter: string, argv: readonly string[]): Measurable {
  return () => {
    const began = performance.now();
    const run = spawnSync(process.execPath, ["--require", reporter, ...argv], {
      stdio: ["ignore", nowhere, "pipe", "pipe"],
      encoding: "utf8",
    });
    const milliseconds = performance.now() - began;
    if (run.status !== 0) throw new Error(`node ${argv.join(" ")}: status ${run.status}\n${run.stderr}`);
    return { milliseconds, memory: Number(run.output[3]) };
  };
}

/** A part of the work timed inside a fresh process, which prints its {@link Sample} as JSON. */
export function stage(worker: string, ...args: readonly string[]): Measurable {
  return () => {
    const run = spawnSync(process.execPath, [worker, ...args], { encoding: "utf8", maxBuffer: 2 ** 26 });
    if (run.status !== 0) throw new Error(`${args.join(" ")}: status ${run.status}\n${run.stderr}`);
    return JSON.parse(run.stdout) as Sample;
  };
}

/** The value in the middle; of an even number, the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Medians of several things measured in turn, so that what else the machine does hits all of them alike.
 * @param runs how often each is measured, after one run that does not count
 */
export function interleaved(things: readonly Measurable[], runs: number): readonly Sample[] {
  const samples: Sample[][] = things.map(() => []);
  for (const thing of things) thing();
  for (let run = 0; run < runs; run++) {
    for (const [index, thing] of things.entries()) samples[index]!.push(thing());
  }
  return samples.map((of) => {
    const memory = of.flatMap((sample) => sample.memory ?? []);
    return {
      milliseconds: median(of.map((sample) => sample.milliseconds)),
      ...(memory.length === 0 ? {} : { memory: median(memory) }),
    };
  });
}

/**
 * The exponent of growth: the slope of the line through (log size, log time) by least squares. 1 is linear.
 */
export function growthExponent(points: readonly (readonly [size: number, milliseconds: number])[]): number {
  const xs = points.map(([size]) => Math.log(size));
  const ys = points.map(([, time]) => Math.log(time));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i]! - my), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}
