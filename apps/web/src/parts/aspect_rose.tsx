import type { Coverage } from "../api/forecast";
import { octants } from "../wording/aspect";
import { roseAspects } from "../wording/coverage";

const centre = 50;

function sector(octant: number, inner: number, outer: number): string {
  const at = (turn: number, radius: number) => {
    const angle = ((octant + turn) * Math.PI) / 4;
    return `${(centre + radius * Math.sin(angle)).toFixed(2)} ${(centre - radius * Math.cos(angle)).toFixed(2)}`;
  };
  return (
    `M${at(-0.5, outer)}A${outer} ${outer} 0 0 1 ${at(0.5, outer)}` +
    `L${at(0.5, inner)}A${inner} ${inner} 0 0 0 ${at(-0.5, inner)}Z`
  );
}

/** Rings from the middle outwards: upper, middle, lower, as avalanche centres draw them; one ring without bands.
 * A picture only: the words beside it say the same. */
export function AspectRose({ where }: { where: Coverage }) {
  const rose = where.rose;
  const rings =
    rose === null
      ? [{ inner: 8, outer: 38, covered: where.aspects }]
      : [0, 1, 2].map((band) => ({ inner: 2 + band * 13, outer: 13 + band * 13, covered: roseAspects(rose, band) }));
  return (
    <svg class="rose" viewBox="0 0 100 100" aria-hidden="true">
      {rings.flatMap((ring) =>
        octants.map((octant, i) => (
          <path
            key={`${ring.inner} ${octant}`}
            d={sector(i, ring.inner, ring.outer)}
            class={ring.covered.includes(octant) ? "rose-on" : "rose-off"}
          />
        )),
      )}
      <text x="50" y="9" text-anchor="middle">
        N
      </text>
      <text x="50" y="99" text-anchor="middle">
        S
      </text>
      <text x="96" y="54" text-anchor="middle">
        E
      </text>
      <text x="4" y="54" text-anchor="middle">
        W
      </text>
    </svg>
  );
}
