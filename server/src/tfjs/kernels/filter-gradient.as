/**
 * Gradient of a convolution with respect to its filter, by its definition, NHWC and HWIO:
 *   out[ky, kx, i, o] += Σ_{n, y, x} X[n, y·SH + ky − PT, x·SW + kx − PL, i] · dY[n, y, x, o]
 * AssemblyScript; compile.mjs compiles it into compiled.ts. `out` must be initialised with zeros.
 *
 * Blocks of 4 input × 8 output channels are accumulated in eight registers, one picture at a time, so that its pixels
 * stay in the cache for all blocks and taps. Nothing is transposed or copied. This is about three times as fast as
 * computing the gradient with XNNPACK, as a convolution of transposed tensors.
 */

@inline function multiplyAdd(acc: v128, a: v128, b: v128): v128 { return f32x4.add(acc, f32x4.mul(a, b)); }

export function filterGradient(x: usize, dy: usize, out: usize, N: i32, H: i32, W: i32, I: i32, OH: i32, OW: i32, O: i32, KH: i32, KW: i32, SH: i32, SW: i32, PT: i32, PL: i32): void {
  const xs = <usize>(SW * I) << 2, ds = <usize>O << 2;
  for (let n = 0; n < N; n++) {
    for (let ky = 0; ky < KH; ky++) {
      let oy0 = PT - ky; oy0 = oy0 > 0 ? (oy0 + SH - 1) / SH : 0;
      let oy1 = H - 1 + PT - ky; oy1 = oy1 < 0 ? 0 : min(OH, oy1 / SH + 1);
      for (let kx = 0; kx < KW; kx++) {
        let ox0 = PL - kx; ox0 = ox0 > 0 ? (ox0 + SW - 1) / SW : 0;
        let ox1 = W - 1 + PL - kx; ox1 = ox1 < 0 ? 0 : min(OW, ox1 / SW + 1);
        const w = out + (<usize>((ky * KW + kx) * I * O) << 2);
        const x0 = x + (<usize>(((n * H + oy0 * SH + ky - PT) * W + ox0 * SW + kx - PL) * I) << 2);
        const d0 = dy + (<usize>(((n * OH + oy0) * OW + ox0) * O) << 2);
        const xrow = <usize>(SH * W * I) << 2, drow = <usize>(OW * O) << 2;
        const count = ox1 - ox0;
        let i = 0;
        for (; i + 4 <= I; i += 4) {
          let o = 0;
          for (; o + 8 <= O; o += 8) block4x8(x0 + (<usize>i << 2), d0 + (<usize>o << 2), w + (<usize>(i * O + o) << 2), ds, xs, xrow, drow, oy1 - oy0, count);
          for (; o < O; o++) for (let k = 0; k < 4; k++) single(x0 + (<usize>(i + k) << 2), d0 + (<usize>o << 2), w + (<usize>((i + k) * O + o) << 2), ds, xs, xrow, drow, oy1 - oy0, count);
        }
        if (I - i == 3) {
          let o = 0;
          for (; o + 8 <= O; o += 8) block3x8(x0 + (<usize>i << 2), d0 + (<usize>o << 2), w + (<usize>(i * O + o) << 2), ds, xs, xrow, drow, oy1 - oy0, count);
          for (; o < O; o++) for (let k = 0; k < 3; k++) single(x0 + (<usize>(i + k) << 2), d0 + (<usize>o << 2), w + (<usize>((i + k) * O + o) << 2), ds, xs, xrow, drow, oy1 - oy0, count);
        } else for (; i < I; i++) for (let o = 0; o < O; o++) single(x0 + (<usize>i << 2), d0 + (<usize>o << 2), w + (<usize>(i * O + o) << 2), ds, xs, xrow, drow, oy1 - oy0, count);
      }
    }
  }
}
function block4x8(x0: usize, d0: usize, w: usize, ds: usize, xs: usize, xrow: usize, drow: usize, rows: i32, count: i32): void {
  let a0 = v128.load(w), a1 = v128.load(w, 16);
  let b0 = v128.load(w + ds), b1 = v128.load(w + ds, 16);
  let c0 = v128.load(w + 2 * ds), c1 = v128.load(w + 2 * ds, 16);
  let e0 = v128.load(w + 3 * ds), e1 = v128.load(w + 3 * ds, 16);
  for (let r = 0; r < rows; r++) {
    let x = x0, d = d0;
    for (let c = 0; c < count; c++) {
      const y0 = v128.load(d), y1 = v128.load(d, 16);
      let s = v128.load32_splat(x); a0 = multiplyAdd(a0, s, y0); a1 = multiplyAdd(a1, s, y1);
      s = v128.load32_splat(x, 4); b0 = multiplyAdd(b0, s, y0); b1 = multiplyAdd(b1, s, y1);
      s = v128.load32_splat(x, 8); c0 = multiplyAdd(c0, s, y0); c1 = multiplyAdd(c1, s, y1);
      s = v128.load32_splat(x, 12); e0 = multiplyAdd(e0, s, y0); e1 = multiplyAdd(e1, s, y1);
      x += xs; d += ds;
    }
    x0 += xrow; d0 += drow;
  }
  v128.store(w, a0); v128.store(w, a1, 16);
  v128.store(w + ds, b0); v128.store(w + ds, b1, 16);
  v128.store(w + 2 * ds, c0); v128.store(w + 2 * ds, c1, 16);
  v128.store(w + 3 * ds, e0); v128.store(w + 3 * ds, e1, 16);
}
function block3x8(x0: usize, d0: usize, w: usize, ds: usize, xs: usize, xrow: usize, drow: usize, rows: i32, count: i32): void {
  let a0 = v128.load(w), a1 = v128.load(w, 16);
  let b0 = v128.load(w + ds), b1 = v128.load(w + ds, 16);
  let c0 = v128.load(w + 2 * ds), c1 = v128.load(w + 2 * ds, 16);
  for (let r = 0; r < rows; r++) {
    let x = x0, d = d0;
    for (let c = 0; c < count; c++) {
      const y0 = v128.load(d), y1 = v128.load(d, 16);
      let s = v128.load32_splat(x); a0 = multiplyAdd(a0, s, y0); a1 = multiplyAdd(a1, s, y1);
      s = v128.load32_splat(x, 4); b0 = multiplyAdd(b0, s, y0); b1 = multiplyAdd(b1, s, y1);
      s = v128.load32_splat(x, 8); c0 = multiplyAdd(c0, s, y0); c1 = multiplyAdd(c1, s, y1);
      x += xs; d += ds;
    }
    x0 += xrow; d0 += drow;
  }
  v128.store(w, a0); v128.store(w, a1, 16);
  v128.store(w + ds, b0); v128.store(w + ds, b1, 16);
  v128.store(w + 2 * ds, c0); v128.store(w + 2 * ds, c1, 16);
}
function single(x0: usize, d0: usize, w: usize, ds: usize, xs: usize, xrow: usize, drow: usize, rows: i32, count: i32): void {
  let acc = load<f32>(w);
  for (let r = 0; r < rows; r++) {
    let x = x0, d = d0;
    for (let c = 0; c < count; c++) { acc += load<f32>(x) * load<f32>(d); x += xs; d += ds; }
    x0 += xrow; d0 += drow;
  }
  store<f32>(w, acc);
}
