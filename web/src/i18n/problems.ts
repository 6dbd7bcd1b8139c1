import { useLingui } from '@lingui/react/macro'
import type { ApiProblem } from '@/api/problem'

/** Puts refusals of the server into words, by their code. */
export function useProblemText(): (problem: ApiProblem) => string {
  const { t } = useLingui()
  return (problem) => {
    switch (problem.code) {
      case 'network':
        return t`Beep cannot be reached. Check your connection and try again.`
      case 'too_many_attempts':
      case 'rate_limited':
      case 'sending_too_fast':
      case 'searching_too_fast':
        return t`That was too often. Try again in ${problem.retryAfter ?? 30} seconds.`
      case 'missing_permission':
        return t`You do not have the right to do this.`
      case 'role_too_high':
        return t`This role stands at or above your highest one.`
      case 'member_too_high':
        return t`This member stands at or above you.`
      case 'cannot_grant':
        return t`You cannot give or take what you may not do yourself.`
      case 'everyone_role':
        return t`Of this role, only the permissions can be changed.`
      case 'too_many_roles':
        return t`This server has reached the greatest number of roles.`
      case 'too_many_reactions':
        return t`There are too many different reactions on this message already.`
      case 'too_many_pins':
        return t`This channel has reached the greatest number of pinned messages.`
      case 'too_many_overwrites':
        return t`There are too many exceptions in this channel.`
      case 'timed_out':
        return t`You are in a time-out.`
      case 'slow_mode':
        return t`This channel is in slow mode. Try again in ${problem.retryAfter ?? 30} seconds.`
      case 'banned':
        return t`You are banned from this server.`
      case 'role_not_found':
      case 'member_not_found':
      case 'ban_not_found':
      case 'server_not_found':
      case 'channel_not_found':
      case 'message_not_found':
      case 'attachment_not_found':
      case 'user_not_found':
      case 'not_found':
        return t`This does not exist any more, or you may not see it.`
      case 'invitation_not_found':
        return t`This invitation is not valid any more.`
      case 'already_member':
        return t`Is a member already.`
      case 'already_invited':
        return t`Has been invited already.`
      case 'too_many_invitations':
        return t`This server has reached the greatest number of invitations. Revoke some of them.`
      case 'owner_cannot_leave':
        return t`You own this server. Give it to somebody else first, or delete it.`
      case 'too_many_servers':
      case 'too_many_owned_servers':
        return t`You have reached the greatest number of servers.`
      case 'too_many_channels':
        return t`This server has reached the greatest number of channels.`
      case 'attachment_quota_exceeded':
        return t`You have used up the room for your files here. Remove some of them first.`
      case 'storage_full':
        return t`There is no room left for files here at the moment.`
      case 'too_many_attachments':
        return t`These are too many files for one message.`
      case 'picture_too_large':
      case 'body_too_large':
      case 'attachment_too_large':
        return t`This is too large.`
      case 'picture_type_unsupported':
      case 'picture_not_readable':
        return t`This picture cannot be read. Use PNG, JPEG, WebP or GIF.`
      case 'invalid':
        return t`Some of this is not acceptable yet.`
      default:
        return problem.status >= 500
          ? t`Beep is in trouble right now. Try again in a moment.`
          : t`This did not work (${problem.code}).`
    }
  }
}

/** Puts what is wrong with one field into words, by its code. */
export function useFieldText(): (code: string | undefined) => string | undefined {
  const { t } = useLingui()
  return (code) => {
    switch (code) {
      case undefined:
        return undefined
      case 'required':
        return t`Fill this in.`
      case 'too_short':
        return t`This is too short.`
      case 'too_long':
        return t`This is too long.`
      case 'taken':
        return t`This is taken already.`
      case 'invalid_character':
        return t`This contains a character that is not allowed.`
      default:
        return t`This does not have the right form.`
    }
  }
}
