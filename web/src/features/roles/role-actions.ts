import { answer, http } from '@/api/client'
import type { Id, Member, Role, RoleChanges } from '@/api/contract'
import { receive, receiveAnswer } from '@/state/store'

/** Makes a role that allows nothing yet, and stands lowest. */
export async function createRole(serverId: Id, name: string): Promise<Role> {
  const params = { path: { server_id: serverId } }
  const data = await answer(http.POST('/servers/{server_id}/roles', { params, body: { name } }))
  receive({ type: 'role.created', data })
  return data
}

export async function changeRole(role: Role, body: RoleChanges): Promise<void> {
  const params = { path: { server_id: role.server_id, role_id: role.id } }
  await receiveAnswer(
    answer(http.PATCH('/servers/{server_id}/roles/{role_id}', { params, body })),
    (data) => [{ type: 'role.updated', data }],
  )
}

export async function deleteRole(role: Role): Promise<void> {
  const params = { path: { server_id: role.server_id, role_id: role.id } }
  await answer(http.DELETE('/servers/{server_id}/roles/{role_id}', { params }))
  receive({ type: 'role.deleted', data: { id: role.id, server_id: role.server_id } })
}

/** Gives a member these roles, and no others. */
export async function setRoles(member: Member, roleIds: Id[]): Promise<void> {
  const params = { path: { server_id: member.server_id, user_id: member.user.id } }
  const body = { role_ids: roleIds }
  await receiveAnswer(
    answer(http.PATCH('/servers/{server_id}/members/{user_id}', { params, body })),
    (data) => [{ type: 'member.updated', data }],
  )
}

/** Puts one role elsewhere: `place` counts the roles beneath it. */
export async function moveRole(role: Role, place: number): Promise<void> {
  const params = { path: { server_id: role.server_id } }
  const body = { roles: [{ id: role.id, position: place }] }
  await receiveAnswer(answer(http.PATCH('/servers/{server_id}/roles', { params, body })), ({ items }) =>
    items.map((data) => ({ type: 'role.updated', data })),
  )
}
