import { useLingui } from '@lingui/react/macro'
import type { Permission } from '@/api/contract'

export type PermissionGroupId = 'general' | 'people' | 'text' | 'voice'

/** The permissions as they are shown: every one once, in groups. */
export const permissionGroups: { id: PermissionGroupId; permissions: Permission[] }[] = [
  {
    id: 'general',
    permissions: [
      'view_channel',
      'manage_channels',
      'manage_roles',
      'manage_server',
      'view_audit_log',
      'manage_webhooks',
      'administrator',
    ],
  },
  {
    id: 'people',
    permissions: [
      'create_invitations',
      'manage_invitations',
      'change_nickname',
      'manage_nicknames',
      'kick_members',
      'ban_members',
      'time_out_members',
    ],
  },
  {
    id: 'text',
    permissions: [
      'read_history',
      'send_messages',
      'use_external_links',
      'embed_links',
      'attach_files',
      'add_reactions',
      'mention_everyone',
      'manage_messages',
      'pin_messages',
    ],
  },
  {
    id: 'voice',
    permissions: [
      'connect',
      'speak',
      'video',
      'share_screen',
      'priority_speaker',
      'mute_members',
      'deafen_members',
      'move_members',
    ],
  },
]

/** What cannot be said of a single channel, because it is about the server as a whole. */
const wholeServer: ReadonlySet<Permission> = new Set<Permission>([
  'administrator',
  'manage_server',
  'view_audit_log',
  'create_invitations',
  'manage_invitations',
  'change_nickname',
  'manage_nicknames',
  'kick_members',
  'ban_members',
  'time_out_members',
])

/** The permissions that can be allowed or denied in a single channel or folder. */
export const channelPermissionGroups = permissionGroups
  .map(({ id, permissions }) => ({
    id,
    permissions: permissions.filter((permission) => !wholeServer.has(permission)),
  }))
  .filter(({ permissions }) => permissions.length > 0)

/** Permissions for what Beep cannot do yet: they can be set, and hold from the day it can. */
const notYet: ReadonlySet<Permission> = new Set<Permission>([
  'manage_webhooks',
  'embed_links',
  'attach_files',
  'add_reactions',
  'mention_everyone',
  'pin_messages',
  'connect',
  'speak',
  'video',
  'share_screen',
  'priority_speaker',
  'mute_members',
  'deafen_members',
  'move_members',
])

/** Whether a permission has an effect today. */
export function isInForce(permission: Permission): boolean {
  return !notYet.has(permission)
}

export interface PermissionText {
  name: string
  /** What somebody who has it can do. */
  sentence: string
}

/** What each permission is called, and a plain sentence for it; one that is missing does not compile. */
export function usePermissionTexts(): Record<Permission, PermissionText> {
  const { t } = useLingui()
  return {
    view_channel: {
      name: t`See channels`,
      sentence: t`See channels, their names and who is in them. Without this a channel does not exist for somebody.`,
    },
    manage_channels: {
      name: t`Manage channels`,
      sentence: t`Create, rename, order and delete channels and folders.`,
    },
    manage_roles: {
      name: t`Manage roles`,
      sentence: t`Create, change and delete roles below their own, give them to anyone with the private channels that they open, and set permissions of channels.`,
    },
    manage_server: {
      name: t`Manage the server`,
      sentence: t`Change its name, pictures, description and who can join.`,
    },
    view_audit_log: {
      name: t`Read the audit log`,
      sentence: t`See who changed what in this server.`,
    },
    manage_webhooks: {
      name: t`Manage webhooks`,
      sentence: t`Create and delete webhooks, by which programs write messages.`,
    },
    administrator: {
      name: t`Administrator`,
      sentence: t`Everything, in every channel, whatever is said elsewhere. Give this to people you trust with all of it.`,
    },
    create_invitations: {
      name: t`Invite people`,
      sentence: t`Make invitation links, and invite people by name.`,
    },
    manage_invitations: {
      name: t`Manage invitations`,
      sentence: t`See everybody’s invitations, and take them back.`,
    },
    change_nickname: {
      name: t`Change their own nickname`,
      sentence: t`Choose what they are called in this server.`,
    },
    manage_nicknames: {
      name: t`Change others’ nicknames`,
      sentence: t`Choose what members below them are called in this server.`,
    },
    kick_members: {
      name: t`Remove members`,
      sentence: t`Remove members below them, who can come back.`,
    },
    ban_members: {
      name: t`Ban members`,
      sentence: t`Remove people below them for good, and lift bans.`,
    },
    time_out_members: {
      name: t`Put members in a time-out`,
      sentence: t`Keep members below them from writing and speaking for some time.`,
    },
    read_history: {
      name: t`Read what was written before`,
      sentence: t`Read messages from before they opened the channel.`,
    },
    send_messages: {
      name: t`Write messages`,
      sentence: t`Write in channels that they see.`,
    },
    use_external_links: {
      name: t`Post links`,
      sentence: t`Write messages with links to other sites.`,
    },
    embed_links: {
      name: t`Show previews of links`,
      sentence: t`Have a preview shown beneath links that they post.`,
    },
    attach_files: {
      name: t`Attach files`,
      sentence: t`Send pictures and other files.`,
    },
    add_reactions: {
      name: t`Add reactions`,
      sentence: t`React to messages with emoji.`,
    },
    mention_everyone: {
      name: t`Mention everyone`,
      sentence: t`Notify all members of a channel, or all who hold a role, at once.`,
    },
    manage_messages: {
      name: t`Manage messages`,
      sentence: t`Delete messages of others.`,
    },
    pin_messages: {
      name: t`Pin messages`,
      sentence: t`Pin messages, so that they are found again.`,
    },
    connect: {
      name: t`Join calls`,
      sentence: t`Enter voice channels.`,
    },
    speak: {
      name: t`Speak`,
      sentence: t`Be heard in calls.`,
    },
    video: {
      name: t`Use the camera`,
      sentence: t`Be seen in calls.`,
    },
    share_screen: {
      name: t`Share the screen`,
      sentence: t`Show their screen in calls.`,
    },
    priority_speaker: {
      name: t`Speak above others`,
      sentence: t`Be heard louder while they speak.`,
    },
    mute_members: {
      name: t`Mute others`,
      sentence: t`Take away others’ microphones in calls.`,
    },
    deafen_members: {
      name: t`Deafen others`,
      sentence: t`Keep others from hearing a call.`,
    },
    move_members: {
      name: t`Move others`,
      sentence: t`Take others from one call to another.`,
    },
  }
}

/** What the groups are called. */
export function useGroupNames(): Record<PermissionGroupId, string> {
  const { t } = useLingui()
  return {
    general: t`The server and its channels`,
    people: t`People`,
    text: t`Messages`,
    voice: t`Calls`,
  }
}
