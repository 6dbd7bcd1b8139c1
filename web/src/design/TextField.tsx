import { useLingui } from '@lingui/react/macro'
import { Eye, EyeOff } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components'
import { IconButton } from './Button'
import styles from './TextField.module.css'

interface TextFieldProps extends Omit<AriaTextFieldProps, 'className' | 'style' | 'children'> {
  label: string
  /** What is wrong with the value, in words; shown beneath and read out. */
  error?: string | undefined
  description?: ReactNode
  placeholder?: string
  /** More than one line. */
  rows?: number
}

/** A field with its label, a hint and what is wrong with it. A password can be shown. */
export function TextField({ label, error, description, placeholder, rows, type, ...props }: TextFieldProps) {
  const [shown, setShown] = useState(false)
  const fault = useFaultOf(error, props.value)
  const { t } = useLingui()
  const secret = type === 'password'
  return (
    <AriaTextField
      {...props}
      type={secret && shown ? 'text' : type}
      // The browser's own checks would keep a form back whose fault the server found, also after it is mended.
      validationBehavior="aria"
      isInvalid={fault !== undefined}
      className={styles.field}
    >
      <Label className={styles.label}>{label}</Label>
      <div className={styles.frame}>
        {rows ? (
          <TextArea rows={rows} placeholder={placeholder} className={`${styles.input} ${styles.area}`} />
        ) : (
          <Input placeholder={placeholder} className={styles.input} />
        )}
        {secret && (
          <IconButton label={shown ? t`Hide password` : t`Show password`} onPress={() => setShown(!shown)}>
            {shown ? <EyeOff size={18} /> : <Eye size={18} />}
          </IconButton>
        )}
      </div>
      {description && !fault && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error}>{fault}</FieldError>
    </AriaTextField>
  )
}

/** What is wrong with a value, until another one is typed. */
function useFaultOf(error: string | undefined, value: string | undefined): string | undefined {
  const [found, setFound] = useState({ error, value })
  if (error !== found.error) setFound({ error, value })
  return value === found.value ? error : undefined
}
