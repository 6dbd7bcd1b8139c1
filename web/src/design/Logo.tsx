interface LogoProps {
  /** Pixels across. */
  size?: number
}

/** The mark of Beep: a speech bubble in which something beeps. */
export function Logo({ size = 32 }: LogoProps) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} role="img" aria-label="Beep">
      <path
        fill="var(--brand)"
        d="M16 3c7.7 0 13.5 5.1 13.5 11.7S23.7 26.4 16 26.4c-1.5 0-3-.2-4.3-.6-1.7 1.5-4.1 2.8-6.9 3.1-.7.1-1-.7-.6-1.2 1-1.2 1.7-2.9 1.9-4.4-2.4-2.1-3.6-5.2-3.6-8.600C2.5 8.1 8.3 3 16 3Z"
      />
      <circle cx="10" cy="14.7" r="2" fill="var(--on-brand)" opacity="0.55" />
      <circle cx="20.5" cy="14.7" r="4.2" fill="var(--on-brand)" />
    </svg>
  )
}
