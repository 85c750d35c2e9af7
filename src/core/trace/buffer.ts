/** Slices as the reader pushed them, in file order, before they are arranged. */

const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;
const IN_BLOCK = BLOCK - 1;

/** One row per slice. */
export interface SliceColumns {
  start: Float64Array;
  dur: Float64Array;
  name: Uint32Array;
  track: Uint32Array;
  category: Uint16Array;
  correlation: Uint32Array;
  external: Uint32Array;
  recordLow: Uint32Array;
  recordHigh: Uint8Array;
}

type Column = keyof SliceColumns;

const COLUMNS: readonly Column[] = ['start', 'dur', 'name', 'track', 'category', 'correlation', 'external', 'recordLow', 'recordHigh'];

/** Blocks, so that growing copies nothing and each column can be freed as soon as it has been moved. */
export class SliceBuffer {
  count = 0;
  private blocks: Partial<SliceColumns>[] = [];
  private block = sliceColumns(0);

  push(track: number, name: number, category: number, startNs: number, durNs: number, correlation: number, external: number, record: number): void {
    const at = this.count & IN_BLOCK;
    if (at === 0) this.blocks.push((this.block = sliceColumns(BLOCK)));
    const block = this.block;
    block.start[at] = startNs;
    block.dur[at] = durNs;
    block.name[at] = name;
    block.track[at] = track;
    block.category[at] = category;
    block.correlation[at] = correlation;
    block.external[at] = external;
    block.recordLow[at] = record;
    block.recordHigh[at] = record / 0x1_0000_0000;
    this.count++;
  }

  /** pushes the first `count` rows */
  append(rows: SliceColumns, count: number): void {
    for (let from = 0; from < count; ) {
      const at = this.count & IN_BLOCK;
      if (at === 0) this.blocks.push((this.block = sliceColumns(BLOCK)));
      const to = Math.min(count, from + BLOCK - at);
      for (const column of COLUMNS) this.block[column].set(rows[column].subarray(from, to), at);
      this.count += to - from;
      from = to;
    }
  }

  /** visits the values of a column in file order */
  each(column: Column, visit: (value: number, index: number) => void): void {
    for (let b = 0; b < this.blocks.length; b++) {
      const values = this.column(b, column);
      const base = b << BLOCK_BITS;
      const count = Math.min(BLOCK, this.count - base);
      for (let i = 0; i < count; i++) visit(values[i], base + i);
    }
  }

  eachSpan(visit: (category: number, startNs: number, endNs: number) => void): void {
    for (let b = 0; b < this.blocks.length; b++) {
      const [category, start, dur] = [this.column(b, 'category'), this.column(b, 'start'), this.column(b, 'dur')];
      const count = Math.min(BLOCK, this.count - (b << BLOCK_BITS));
      for (let i = 0; i < count; i++) visit(category[i], start[i], start[i] + dur[i]);
    }
  }

  /** into[i] = value of slice index[i] */
  gather(column: 'start' | 'dur', index: Uint32Array, into: Float64Array): void {
    const columns = this.blocks.map((_, b) => this.column(b, column));
    for (let i = 0; i < index.length; i++) into[i] = columns[index[i] >>> BLOCK_BITS][index[i] & IN_BLOCK];
  }

  /** into[position[i]] = value of slice i; the column is gone afterwards, to keep the peak of memory low */
  move<T extends SliceColumns[Column]>(column: Column, position: Uint32Array, into: T): T {
    for (let b = 0; b < this.blocks.length; b++) {
      const values = this.column(b, column);
      const base = b << BLOCK_BITS;
      const count = Math.min(BLOCK, this.count - base);
      for (let i = 0; i < count; i++) into[position[base + i]] = values[i];
      delete this.blocks[b][column];
    }
    return into;
  }

  /** frees a column that is not moved */
  drop(column: Column): void {
    for (const block of this.blocks) delete block[column];
  }

  private column(block: number, column: Column): SliceColumns[Column] {
    const values = this.blocks[block][column];
    if (!values) throw new Error(`column ${column} is gone already`);
    return values;
  }
}

/** Columns of `size` rows. */
export function sliceColumns(size: number): SliceColumns {
  return {
    start: new Float64Array(size),
    dur: new Float64Array(size),
    name: new Uint32Array(size),
    track: new Uint32Array(size),
    category: new Uint16Array(size),
    correlation: new Uint32Array(size),
    external: new Uint32Array(size),
    recordLow: new Uint32Array(size),
    recordHigh: new Uint8Array(size),
  };
}
