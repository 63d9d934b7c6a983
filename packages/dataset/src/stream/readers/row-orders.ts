import { ofScattered } from '../batches.js';
import { Random } from '../random.js';

/** Of two passes, since one begins while the last rows of the other are read, and of some tables. */
const mostKept = 4;

/** The orders in which passes go over rows that lie each in a file of its own: every order is equally likely. Each is made once. */
export class RowOrders {
  private readonly made = new Map<string, Uint32Array>();

  of({ seed, pass }: { readonly seed: number; readonly pass: number }, table: number, rows: number): Uint32Array {
    const key = [seed, pass, table, rows].join();
    const known = this.made.get(key);
    if (known) return known;
    const order = new Random(seed, pass, ofScattered, table).permutation(rows);
    this.made.set(key, order);
    for (const oldest of this.made.keys()) if (this.made.size > mostKept) this.made.delete(oldest);
    return order;
  }
}
