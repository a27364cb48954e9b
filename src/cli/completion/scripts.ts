/** The shells that completion is printed for. */
export const completionShells = ["bash", "zsh", "fish"] as const;
export type CompletionShell = (typeof completionShells)[number];

/**
 * The script asks the program itself for what may follow (`k8snet __complete`), so that it knows the Services, chains
 * and nodes of the manifests that the line names.
 */
const scripts: Readonly<Record<CompletionShell, string>> = {
  bash: `# bash completion for k8snet. To load: eval "$(k8snet completion bash)"
_k8snet() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("$1" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace
  return 0
}
complete -o default -F _k8snet k8snet
`,
  zsh: `#compdef k8snet
# zsh completion for k8snet. To load: eval "$(k8snet completion zsh)"
_k8snet() {
  local -a lines found
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -z "\${lines[1]-}" ]]; then
    _files
    return
  fi
  found=("\${(@)lines//:/\\\\:}")
  found=("\${(@)found/$'\\t'/:}")
  _describe -t k8snet 'k8snet' found
}
if ! (( $+functions[compdef] )); then
  autoload -Uz compinit && compinit
fi
compdef _k8snet k8snet
`,
  fish: `# fish completion for k8snet. To load: k8snet completion fish | source
function __k8snet_complete
    set -l words (commandline -opc)
    $words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c k8snet -f -a '(__k8snet_complete)'
complete -c k8snet -s f -l filename -r -F
complete -c k8snet -l dump -r -F
complete -c k8snet -l base-rules -r -F
complete -c k8snet -l config -r -F
complete -c k8snet -l kube-proxy-config -r -F
complete -c k8snet -l output-file -r -F
complete -c k8snet -l output-dir -r -F
`,
};

/** What a shell evaluates so that it completes k8snet's words. */
export function completionScript(shell: CompletionShell): string {
  return scripts[shell];
}
