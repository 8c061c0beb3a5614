// Every icon is drawn here, 24 × 24, in the colour of the text around it. Shapes differ, so that colour never
// has to carry a meaning alone.
import type { ComponentChildren } from "preact";
import type { Grade } from "../wording/grade";

function Icon({ children, className = "" }: { children: ComponentChildren; className?: string }) {
  return (
    <svg class={`icon ${className}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const stroke = {
  fill: "none",
  stroke: "currentColor",
  "stroke-width": 2,
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
} as const;

export function PersonIcon() {
  return (
    <Icon>
      <circle cx="12" cy="8" r="4" {...stroke} />
      <path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6" {...stroke} />
    </Icon>
  );
}

/** Octagon, triangle, diamond, ring: told apart without their colour. */
export function GradeIcon({ grade }: { grade: Grade }) {
  switch (grade) {
    case "red":
      return (
        <Icon>
          <path d="M8 2h8l6 6v8l-6 6H8l-6-6V8Z" fill="currentColor" />
          <path d="m8.5 8.5 7 7m0-7-7 7" class="icon-cut" />
        </Icon>
      );
    case "orange":
      return (
        <Icon>
          <path d="M12 2.2 23 21.5H1Z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
          <path d="M12 9v6" class="icon-cut" />
          <path d="M12 18.4v.1" class="icon-cut" />
        </Icon>
      );
    case "unknown":
      return (
        <Icon>
          <path d="M12 .8 23.2 12 12 23.2.8 12Z" fill="currentColor" />
          <path d="M8.9 9.4a3.1 3.1 0 1 1 4.7 2.7c-1.1.7-1.6 1.2-1.6 2.3" class="icon-cut icon-cut-fine" />
          <path d="M12 17.9v.1" class="icon-cut icon-cut-fine" />
        </Icon>
      );
    case "green":
      return (
        <Icon>
          <circle cx="12" cy="12" r="9.5" {...stroke} stroke-width="2.6" />
          <path d="M7.5 12h9" {...stroke} stroke-width="2.6" />
        </Icon>
      );
  }
}

/** A peak filled as high as the danger is. */
export function DangerIcon({ level }: { level: number | null }) {
  const top = level === null ? 22 : 22 - level * 4;
  const half = ((top - 2) / 20) * 10.5;
  return (
    <Icon>
      {level !== null && (
        <path d={`M${12 - half} ${top}H${12 + half}L22.5 22h-21Z`} fill="currentColor" />
      )}
      <path d="M12 2 22.5 22h-21Z" {...stroke} stroke-width="1.8" />
    </Icon>
  );
}

export function ClockIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="9.5" {...stroke} />
      <path d="M12 6.5V12l3.8 2.4" {...stroke} />
    </Icon>
  );
}

export function UploadIcon() {
  return (
    <Icon>
      <path d="M12 16V4m-5 5 5-5 5 5M4 16v4h16v-4" {...stroke} />
    </Icon>
  );
}

export function TrashIcon() {
  return (
    <Icon>
      <path d="M4 6.5h16M9.5 6V3.5h5V6M6 6.5l1 14h10l1-14M10 11v5.5m4-5.5v5.5" {...stroke} />
    </Icon>
  );
}

export function ArrowIcon({ to }: { to: "left" | "right" | "out" }) {
  const shape = {
    left: "M14.5 5 8 12l6.5 7",
    right: "M9.5 5 16 12l-6.5 7",
    out: "M9 5H5v14h14v-4M13 4h7v7m0-7-9 9",
  }[to];
  return (
    <Icon>
      <path d={shape} {...stroke} stroke-width="2.4" />
    </Icon>
  );
}

export function AlertIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="9.5" {...stroke} />
      <path d="M12 7v6m0 3.6v.1" {...stroke} stroke-width="2.4" />
    </Icon>
  );
}

export function PrintIcon() {
  return (
    <Icon>
      <path d="M7 9V3h10v6M7 17H3.5V9h17v8H17M7 14h10v7H7Z" {...stroke} />
    </Icon>
  );
}

export function CopyIcon() {
  return (
    <Icon>
      <path d="M9 8.5h11V21H9ZM15 8V3H4v12.5h4.5" {...stroke} />
    </Icon>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" class="mark-ground" />
      <path d="M4 25 13.5 8l4.6 8.2 2.4-3.6L28 25Z" class="mark-peak" />
      <path d="m13.5 8 4.6 8.2L13 25Z" class="mark-shade" />
    </svg>
  );
}
