import { version } from "k8snet";

if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`no version: ${version}`);
