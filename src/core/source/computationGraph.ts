/**
 * `computation_graph.py`, which vLLM writes when it compiles a model: the operations of each piece between two attentions, with
 * the line of Python above each, and with weights whose names spell the path of their module.
 */

/** What is known of one operation. */
export interface GraphNode {
  /** modules whose weights it uses: "model.layers.0.self_attn.q_norm" */
  modules: readonly string[];
  /** the innermost line of Python that asked for it */
  file?: string;
  /** from 1 */
  line?: number;
}

/** Operations of one piece by name: "linear_1". */
export type GraphPiece = ReadonlyMap<string, GraphNode>;

const PIECE = /^\s*class \w+\(torch\.nn\.Module\):/;
const SIGNATURE = /^\s*def forward\(self, (.*)\):\s*$/;
const PLACE = /^\s*# File: (.+?):(\d+) in /;
const NO_PLACE = /^\s*# No stacktrace/;
/** `linear: "bf16[s0, 4096]" = torch._C._nn.linear(x, weight);  x = None` */
const NODE = /^\s+(\w+)(?:: "[^"]*")? = ([^;]+)/;

/** The pieces in the order they are written. */
export function readComputationGraph(text: string): GraphPiece[] {
  const pieces: Map<string, GraphNode>[] = [];
  let nodes = new Map<string, GraphNode>();
  /** what stands for weights and for nothing else, with the modules of those */
  let weights = new Map<string, readonly string[]>();
  let inputs = new Set<string>();
  let place: Pick<GraphNode, 'file' | 'line'> = {};
  for (const line of text.split('\n')) {
    if (PIECE.test(line)) {
      pieces.push((nodes = new Map()));
      [weights, inputs, place] = [new Map(), new Set(), {}];
      continue;
    }
    const signature = SIGNATURE.exec(line)?.[1];
    if (signature !== undefined) {
      for (const [, name = ''] of signature.matchAll(/(\w+)\s*:/g)) {
        const module = moduleOfWeight(name);
        if (module === undefined) inputs.add(name);
        else weights.set(name, [module]);
      }
      continue;
    }
    const found = PLACE.exec(line);
    if (found) place = { file: found[1], line: Number(found[2]) };
    else if (NO_PLACE.test(line)) place = {};
    const [, name, value] = NODE.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const operands = (value.match(/\w+/g) ?? []).filter((word) => weights.has(word) || inputs.has(word) || nodes.has(word));
    const modules = [...new Set(operands.flatMap((operand) => weights.get(operand) ?? []))];
    if (operands.length > 0 && operands.every((operand) => weights.has(operand))) weights.set(name, modules);
    nodes.set(name, { modules, ...place });
  }
  return pieces;
}

/** "l_self_modules_layers_modules_0_modules_mlp_modules_down_proj_parameters_weight_" is of "layers.0.mlp.down_proj". */
function moduleOfWeight(name: string): string | undefined {
  return /^l_self_modules_(.+?)_(?:parameters|buffers)_\w+$/i.exec(name)?.[1]?.replaceAll('_modules_', '.');
}
