import { expect, it } from 'vitest'
import { orderAfterMove } from './role-order'

const ids = ['a', 'b', 'c', 'd']

it('moves up and down, before and after', () => {
  expect(orderAfterMove(ids, 'd', 'b', 'before')).toEqual(['a', 'd', 'b', 'c'])
  expect(orderAfterMove(ids, 'a', 'c', 'after')).toEqual(['b', 'c', 'a', 'd'])
  expect(orderAfterMove(ids, 'b', 'c', 'before')).toEqual(ids)
})

it('moves nothing next to itself, or next to what is not there', () => {
  expect(orderAfterMove(ids, 'b', 'b', 'after')).toEqual(ids)
  expect(orderAfterMove(ids, 'b', 'x', 'after')).toEqual(ids)
})
