import { useLingui } from '@lingui/react/macro'
import type { AuditAction } from '@/api/contract'

/** What each action is called, in a list to choose from; one that is missing does not compile. */
export function useActionNames(): Record<AuditAction, string> {
  const { t } = useLingui()
  return {
    'server.updated': t`Server changed`,
    'server.transferred': t`Server given away`,
    'channel.created': t`Channel created`,
    'channel.updated': t`Channel changed`,
    'channel.moved': t`Channel moved`,
    'channel.deleted': t`Channel deleted`,
    'overwrite.updated': t`Exception made or changed`,
    'overwrite.deleted': t`Exception removed`,
    'role.created': t`Role created`,
    'role.updated': t`Role changed`,
    'role.moved': t`Role moved`,
    'role.deleted': t`Role deleted`,
    'member.roles_updated': t`Roles of a member changed`,
    'member.nickname_updated': t`Nickname changed`,
    'member.timed_out': t`Time-out`,
    'member.kicked': t`Member removed`,
    'member.banned': t`Member banned`,
    'member.unbanned': t`Ban lifted`,
    'invitation.created': t`Invitation made`,
    'invitation.revoked': t`Invitation taken back`,
  }
}

/** A sentence for what was done; one that is missing does not compile. */
export function useActionSentences(): (action: AuditAction, who: string, what: string) => string {
  const { t } = useLingui()
  return (action, who, what) => {
    const sentences: Record<AuditAction, string> = {
      'server.updated': t`${who} changed the server`,
      'server.transferred': t`${who} gave the server to somebody else`,
      'channel.created': t`${who} created the channel ${what}`,
      'channel.updated': t`${who} changed the channel ${what}`,
      'channel.moved': t`${who} moved the channel ${what}`,
      'channel.deleted': t`${who} deleted the channel ${what}`,
      'overwrite.updated': t`${who} changed an exception for ${what}`,
      'overwrite.deleted': t`${who} removed an exception for ${what}`,
      'role.created': t`${who} created the role ${what}`,
      'role.updated': t`${who} changed the role ${what}`,
      'role.moved': t`${who} moved the role ${what}`,
      'role.deleted': t`${who} deleted the role ${what}`,
      'member.roles_updated': t`${who} changed the roles of ${what}`,
      'member.nickname_updated': t`${who} changed the nickname of ${what}`,
      'member.timed_out': t`${who} changed the time-out of ${what}`,
      'member.kicked': t`${who} removed ${what}`,
      'member.banned': t`${who} banned ${what}`,
      'member.unbanned': t`${who} lifted the ban on ${what}`,
      'invitation.created': t`${who} made an invitation`,
      'invitation.revoked': t`${who} took an invitation back`,
    }
    return sentences[action]
  }
}

/** What the fields of a change are called; the field's own name for one that is new. */
export function useFieldNames(): (field: string) => string {
  const { t } = useLingui()
  const names: Record<string, string> = {
    name: t`Name`,
    description: t`Description`,
    visibility: t`Who can join`,
    icon_url: t`Picture`,
    banner_url: t`Banner`,
    owner_id: t`Owner`,
    default_channel_id: t`Where newcomers start`,
    system_channel_id: t`Where it is said that somebody joined`,
    kind: t`Kind`,
    topic: t`Topic`,
    parent_id: t`Folder`,
    position: t`Place`,
    private: t`Private`,
    slow_mode_seconds: t`Slow mode`,
    color: t`Colour`,
    hoisted: t`Stands apart in the member list`,
    mentionable: t`Everybody may mention it`,
    permissions: t`Permissions`,
    allow: t`Allowed`,
    deny: t`Denied`,
    role_ids: t`Roles`,
    nickname: t`Nickname`,
    timeout_until: t`Time-out until`,
    delete_messages_seconds: t`Messages deleted, in seconds back`,
    reason: t`Reason`,
  }
  return (field) => names[field] ?? field
}
