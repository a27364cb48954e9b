import { toldVariable } from "../input/told.ts";

/** A word in single quotes, for sh and fish. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function quoteFish(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** For bash, zsh, ksh and dash; dash allows no dash in a function's name, so there it is an alias. */
function sh(ask: string, from: string): string {
  return `# k8snet: iptables, iptables-save, ip6tables, ip6tables-save, kubectl get|describe, nslookup and ip route
# answer from files in this shell. Take back with: k8snet_off
k8snet_ask() { (${ask} "$@"); }
iptables() { k8snet_ask iptables "$@"; }
ip6tables() { k8snet_ask ip6tables "$@"; }
if [ -n "\${BASH_VERSION-}\${ZSH_VERSION-}\${KSH_VERSION-}" ]; then
  eval 'iptables-save() { k8snet_ask iptables-save "$@"; }; ip6tables-save() { k8snet_ask ip6tables-save "$@"; }'
else
  alias iptables-save='k8snet_ask iptables-save' ip6tables-save='k8snet_ask ip6tables-save'
fi
kubectl() { k8snet_ask kubectl "$@"; }
nslookup() { k8snet_ask nslookup${from} "$@"; }
ip() {
  case " $* " in
    *" r "*|*" ro "*|*" route "*) k8snet_ask ip "$@" ;;
    *) command ip "$@" ;;
  esac
}
sudo() {
  case "\${1-}" in
    iptables|iptables-save|ip6tables|ip6tables-save|kubectl|ip) "$@" ;;
    *) command sudo "$@" ;;
  esac
}
k8snet_off() {
  unset -f k8snet_ask iptables ip6tables kubectl nslookup ip sudo k8snet_off
  if [ -n "\${BASH_VERSION-}\${ZSH_VERSION-}\${KSH_VERSION-}" ]; then
    unset -f iptables-save ip6tables-save
  else
    unalias iptables-save ip6tables-save
  fi
}
`;
}

function fish(ask: string, from: string): string {
  const names = ["iptables", "iptables-save", "ip6tables", "ip6tables-save", "kubectl"];
  return `# k8snet: iptables, iptables-save, ip6tables, ip6tables-save, kubectl get|describe, nslookup and ip route
# answer from files in this shell. Take back with: k8snet_off
function k8snet_ask; ${ask} $argv; end
${names.map((name) => `function ${name}; k8snet_ask ${name} $argv; end\n`).join("")}function nslookup; k8snet_ask nslookup${from} $argv; end
function ip
    if contains -- route $argv; or contains -- r $argv; or contains -- ro $argv
        k8snet_ask ip $argv
    else
        command ip $argv
    end
end
function sudo
    if contains -- "$argv[1]" iptables iptables-save ip6tables ip6tables-save kubectl ip
        $argv
    else
        command sudo $argv
    end
end
function k8snet_off
    functions --erase k8snet_ask ${names.join(" ")} nslookup ip sudo k8snet_off
end
`;
}

export interface ShellFunctions {
  readonly kind: "sh" | "fish";
  /** What starts k8snet. */
  readonly self: readonly string[];
  /** The input flags. */
  readonly input: readonly string[];
  /** Who asks for names: `--from pod/X`, or nothing. */
  readonly from: readonly string[];
  /** The folder that the flags' paths and the search for k8snet.yaml start from. */
  readonly folder: string;
  /** Marks of what was said about the input, which the commands need not say again. */
  readonly told: readonly string[];
}

/** Functions that stand in for the programs of that name. They answer from `folder` wherever the shell goes. */
export function printShellFunctions({ kind, self, input, from, folder, told }: ShellFunctions): string {
  const word = kind === "sh" ? quote : quoteFish;
  const program = [...self, ...input].map(word).join(" ");
  const asker = from.map((item) => ` ${word(item)}`).join("");
  const silence = told.length === 0 ? "" : `${toldVariable}=${told.join(",")} `;
  return kind === "sh"
    ? sh(`cd ${word(folder)} && ${silence}command ${program}`, asker)
    : // fish has no subshell to change the folder in.
      fish(
        `command sh -c 'cd "$0" && exec "$@"' ${word(folder)} ${silence === "" ? "" : `env ${silence}`}${program}`,
        asker,
      );
}
