interface SettingsScreenProps {
  section: string
}

/** The user's settings, over everything. */
export default function SettingsScreen({ section }: SettingsScreenProps) {
  return <main data-section={section} />
}
