import { useLingui } from '@lingui/react/macro'
import { IconButton } from '@/design/Button'
import { Menu } from '@/design/Menu'
import styles from './EmojiPicker.module.css'

const hands = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿']

interface ToneChoiceProps {
  /** From 1 (light) to 5 (dark); 0 is the yellow of cartoons. */
  tone: number
  onChange: (tone: number) => void
}

/** Chooses the skin tone of the emoji that have one. */
export function ToneChoice({ tone, onChange }: ToneChoiceProps) {
  const { t } = useLingui()
  const names = [t`Yellow`, t`Light`, t`Medium-light`, t`Medium`, t`Medium-dark`, t`Dark`]
  const choices = hands.map((hand, index) => ({
    id: String(index),
    label: names[index] ?? '',
    icon: <span aria-hidden="true">{hand}</span>,
    onAction: () => onChange(index),
  }))
  return (
    <Menu label={t`Skin tone`} groups={[choices]} placement="bottom end">
      <IconButton label={t`Skin tone: ${names[tone] ?? ''}`}>
        <span className={styles.hand} aria-hidden="true">
          {hands[tone]}
        </span>
      </IconButton>
    </Menu>
  )
}
