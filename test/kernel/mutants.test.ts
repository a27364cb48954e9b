import { type Mutant, mutantOf, mutations, randomNumbers } from "../analysis/verify/mutations.ts";
import { describeInLab } from "./in-lab.ts";
import { hasNfacct } from "./kernel-lab.ts";
import { MutantLab } from "./mutants.ts";
import { webDeployment } from "./web-deployment.ts";

const manifests = `${webDeployment}---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: local}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {type: NodePort, selector: {app: nobody}, ports: [{port: 80}]}
`;

/** Mutants of each kind; `K8SNET_MUTANTS=20 npm run test:kernel` tries 100. */
const each = Number(process.env["K8SNET_MUTANTS"] ?? 2);
const seed = Number(process.env["K8SNET_SEED"] ?? 11);

/** Rules about packets of no connection, of no network, and to no Service: the lab sends none. */
const beyondLab = /--ctstate INVALID|KUBE-FIREWALL|^-A FORWARD .*-j KUBE-FORWARD|^-A KUBE-SERVICES -p /;

describeInLab("verify reports a mutant exactly where the kernel does otherwise", () => {
  const lab = new MutantLab(manifests, hasNfacct());
  const reported: boolean[] = [];

  test("rules that nobody changed: no error, and packets fare alike twice", () => {
    expect(lab.errors(lab.text)).toEqual([]);
    expect(lab.different(lab.text)).toEqual([]);
  }, 60_000);

  const random = randomNumbers(seed);
  const mutants = Object.keys(mutations).flatMap((kind) => {
    const found = new Map<string, Mutant>();
    for (let tries = 0; tries < 50 * each && found.size < each; tries++) {
      const mutant = mutantOf(lab.text, random, kind);
      if (mutant !== undefined && !beyondLab.test(mutant.rule)) found.set(mutant.text, mutant);
    }
    return [...found.values()];
  });

  test.each(mutants.map((mutant) => [mutant.kind, mutant.rule, mutant]))(
    "%s: %s",
    (_, __, mutant) => {
      const different = lab.different(mutant.text);
      const errors = lab.errors(mutant.text);
      reported.push(errors.length > 0);
      if (errors.length === 0) expect(different).toEqual([]);
      else expect([errors, different]).toEqual([errors, expect.arrayContaining([expect.any(String)])]);
    },
    60_000,
  );

  test("both kinds are among them", () => {
    const count = reported.filter((error) => error).length;
    process.stderr.write(`${count} of ${reported.length} mutants change what becomes of a packet\n`);
    expect(new Set(reported)).toEqual(new Set([true, false]));
  });
});
