// The chart's facts as a table, for readers who do not see it.
import { useState } from "preact/hooks";
import type { Profile } from "../api/types";
import { pieceCount, slopeClass } from "../model/profile";
import { aspectList, octantOf, octants } from "../wording/aspect";
import { levelLabel, type Scale } from "../wording/danger";
import { gradeOf, gradeWord, type Grade } from "../wording/grade";
import { degrees, distanceRange, elevationRange } from "../wording/unit";

interface Row {
  fromM: number;
  toM: number;
  elevations: number[];
  slopeMaxDeg: number | null;
  octants: Set<string>;
  level: string | null;
  grade: Grade;
  key: string;
}

/** Neighbouring pieces of one slope class, level and grade make one row. */
function rowsOf(profile: Profile): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < pieceCount(profile); i += 1) {
    const slope = profile.slopeDeg[i] ?? null;
    const level = profile.level[i] ?? null;
    const grade = gradeOf(profile.grade[i]);
    const key = `${slopeClass(slope)} ${level} ${grade}`;
    let row = rows[rows.length - 1];
    if (row === undefined || row.key !== key) {
      const fromM = profile.fromM[i] as number;
      row = { fromM, toM: fromM, elevations: [], slopeMaxDeg: null, octants: new Set(), level, grade, key };
      rows.push(row);
    }
    row.toM = profile.toM[i] as number;
    if (slope !== null) row.slopeMaxDeg = Math.max(row.slopeMaxDeg ?? 0, slope);
    const elevationM = profile.elevationM[i];
    if (elevationM !== null && elevationM !== undefined) row.elevations.push(elevationM);
    const aspectDeg = profile.aspectDeg[i];
    if (aspectDeg !== null && aspectDeg !== undefined) row.octants.add(octantOf(aspectDeg));
  }
  return rows;
}

export function ProfileTable({ profile, scale }: { profile: Profile; scale: Scale }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>The profile as a table</summary>
      {open && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="The profile as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">From–to</th>
                <th scope="col">Elevation</th>
                <th scope="col">Steepest</th>
                <th scope="col">Aspects</th>
                <th scope="col">Level</th>
                <th scope="col">Stretch</th>
              </tr>
            </thead>
            <tbody>
              {rowsOf(profile).map((row) => (
                <tr key={row.fromM}>
                  <th scope="row">{distanceRange(row.fromM, row.toM)}</th>
                  <td>
                    {row.elevations.length > 0
                      ? elevationRange(Math.min(...row.elevations), Math.max(...row.elevations))
                      : "unknown"}
                  </td>
                  <td>{row.slopeMaxDeg === null ? "unknown" : degrees(row.slopeMaxDeg)}</td>
                  <td>{aspectList(octants.filter((octant) => row.octants.has(octant)))}</td>
                  <td>{row.level === null ? "unknown" : levelLabel(row.level, scale)}</td>
                  <td>{gradeWord[row.grade]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
