/**
 * The contract of the server: the operations and shapes that `npm run generate` writes from the `openapi.yaml` of each
 * service, under the names that the client uses. What the client makes up itself does not stand here.
 */
import type { paths as BeepPaths } from './generated/beep'
import type { components as MessagesComponents, paths as MessagesPaths } from './generated/messages'
import type {
  components as SearchComponents,
  operations as SearchOperations,
  paths as SearchPaths,
} from './generated/search'
import type { components as ServersComponents, paths as ServersPaths } from './generated/servers'
import type { paths as StoragePaths } from './generated/storage'
import type { components as UsersComponents, paths as UsersPaths } from './generated/users'

/** Paths are given relative to the address of the version. */
type Relative<Paths> = {
  [Path in keyof Paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: Paths[Path]
}

export type paths = Relative<
  BeepPaths & MessagesPaths & SearchPaths & ServersPaths & StoragePaths & UsersPaths
>

type MessagesSchemas = MessagesComponents['schemas']
type ServersSchemas = ServersComponents['schemas']
type UsersSchemas = UsersComponents['schemas']

/** Ids are 64-bit numbers in decimal, kept as text because a JavaScript number cannot hold them. */
export type Id = UsersSchemas['UserId']

export type ProblemBody = UsersSchemas['Problem']
export type FieldError = UsersSchemas['FieldError']

export type Profile = UsersSchemas['Profile']
export type OwnUser = UsersSchemas['OwnUser']
export type Registration = UsersSchemas['NewAccount']
/** How one can sign in. */
export type WaysIn = UsersSchemas['Providers']
/** What is known of somebody who is new here. */
export type Newcomer = UsersSchemas['Newcomer']
export type Settings = UsersSchemas['Settings']
/** A provider, and whether an account there opens one's own. */
export type OwnProvider = UsersSchemas['OwnProvider']
/** How an account is protected, and what is about to change. */
export type Security = UsersSchemas['Security']
/** What makes an app show the codes of an account. */
export type Enrolment = UsersSchemas['Enrolment']
/** What a device is asked before it makes a passkey, or shows one. */
export type PasskeyChallenge = UsersSchemas['PasskeyChallenge']
/** What it has made or shown, as the browser puts it into JSON. */
export type PasskeyAnswer = UsersSchemas['PasskeyAnswer']['credential']
export type SignedInDevice = UsersSchemas['Session']
/** How somebody wishes to be seen. */
export type WantedStatus = UsersSchemas['Status']

export type Server = ServersSchemas['Server']
export type ServerWithDetail = ServersSchemas['ServerWithDetail']
export type DiscoveredServer = ServersSchemas['FoundServer']
export type Visibility = ServersSchemas['Visibility']
export type Role = ServersSchemas['Role']
/** One thing that a member may or may not do: the names of the model, all of them. */
export type Permission = ServersSchemas['Permission']
export type Member = ServersSchemas['Member']
/** Who somebody is, in one line; also the author of a message. */
export type UserSummary = ServersSchemas['UserSummary']
export type Channel = ServersSchemas['Channel']
export type ChannelKind = ServersSchemas['ChannelKind']
export type ChannelPlace = ServersSchemas['ChannelPlace']
export type RoleChanges = ServersSchemas['RolePatch']
export type Overwrite = ServersSchemas['Overwrite']
/** A permission, and the role or overwrite that decided about it. */
export type PermissionReason = ServersSchemas['PermissionReason']
export type Ban = ServersSchemas['Ban']
export type AuditEntry = ServersSchemas['AuditEntry']
export type AuditAction = ServersSchemas['AuditAction']
export type AuditChange = ServersSchemas['AuditChange']

export type Invitation = ServersSchemas['Invitation']
/** A server as whoever is invited to it sees it. */
export type InvitedServer = ServersSchemas['InvitedServer']

/** A copy of all that is kept of me. */
export type DataExport = MessagesSchemas['Export']

/** How far I have read a channel. */
export type ReadState = MessagesSchemas['ReadState']
/** What I have begun to write in a channel. */
export type Draft = MessagesSchemas['Draft']

export type Message = MessagesSchemas['Message']
/** A file of a message, or one that was uploaded for one. */
export type Attachment = MessagesSchemas['Attachment']
export type Reaction = MessagesSchemas['Reaction']
/** The preview of a link in a message. */
export type Embed = MessagesSchemas['Embed']
export type EmbedImage = MessagesSchemas['EmbedImage']
export type EmbedPlayer = MessagesSchemas['EmbedPlayer']
/** What an answer shows of the message that it answers. */
export type AnsweredMessage = MessagesSchemas['AnsweredMessage']
export type PinnedMessage = MessagesSchemas['PinnedMessage']
/** What was typed in a message to name somebody or something, and what it stood for when it was sent. */
export type MentionToken = MessagesSchemas['MentionToken']

/** What is looked for. */
export type SearchQuery = NonNullable<SearchOperations['search_channel']['parameters']['query']>
/** A message that was found, and where what was sought stands in it. */
export type FoundMessage = SearchComponents['schemas']['FoundMessage']
