import { useLingui } from '@lingui/react/macro'
import { Info } from 'lucide-react'
import type { Permission } from '@/api/contract'
import { Switch } from '@/design/Switch'
import styles from '@/features/server-settings/Section.module.css'
import { allows, type Standing } from './hierarchy'
import { isInForce, permissionGroups, useGroupNames, usePermissionTexts } from './permission-texts'

interface RolePermissionsProps {
  standing: Standing
  /** As it is stored. */
  saved: Permission[]
  value: Permission[]
  onChange: (permissions: Permission[]) => void
  /** The whole role is out of reach. */
  locked: boolean
}

/** What a role allows, as switches; what one lacks oneself is locked, and says so. */
export function RolePermissions({ standing, saved, value, onChange, locked }: RolePermissionsProps) {
  const { t } = useLingui()
  const texts = usePermissionTexts()
  const groupNames = useGroupNames()

  function lockOf(permission: Permission): string | undefined {
    if (locked) return t`You cannot change this role.`
    if (allows(standing, permission)) return undefined
    return saved.includes(permission)
      ? t`You do not have this yourself, so you cannot take it away.`
      : t`You do not have this yourself, so you cannot give it.`
  }

  return (
    <>
      {value.includes('administrator') && (
        <p className={styles.note}>
          <Info size={16} aria-hidden="true" />
          {t`Administrators may do everything: the other switches change nothing for them.`}
        </p>
      )}
      {permissionGroups.map((group) => (
        <section key={group.id} className={styles.group} aria-label={groupNames[group.id]}>
          <h3 className={styles.heading}>{groupNames[group.id]}</h3>
          {group.permissions.map((permission) => (
            <Switch
              key={permission}
              label={texts[permission].name}
              description={
                <p>
                  {texts[permission].sentence}
                  {!isInForce(permission) &&
                    ` ${t`Beep cannot do this yet; what you choose holds from the day it can.`}`}
                </p>
              }
              isSelected={value.includes(permission)}
              onChange={(on) =>
                onChange(on ? [...value, permission] : value.filter((held) => held !== permission))
              }
              locked={lockOf(permission)}
            />
          ))}
        </section>
      ))}
    </>
  )
}
