import { expect, test } from 'vitest'
import { moved, whole, zoomed } from './zoom'

const picture = { width: 400, height: 300 }
const stage = { width: 500, height: 300 }

test('zooming keeps the point under the pointer where it is', () => {
  const at = { x: 100, y: -50 }
  const view = zoomed(whole, 3, picture, stage, at)
  // The same place of the picture, before and after.
  expect((at.x - view.x) / view.scale).toBeCloseTo(at.x)
  expect((at.y - view.y) / view.scale).toBeCloseTo(at.y)
})

test('nothing is smaller than whole, or nearer than eight times', () => {
  expect(zoomed(whole, 0.5, picture, stage)).toEqual(whole)
  expect(zoomed(whole, 100, picture, stage).scale).toBe(8)
})

test('a picture is dragged to its edges, not beyond', () => {
  const near = zoomed(whole, 2, picture, stage)
  expect(moved(near, { x: 10_000, y: -10_000 }, picture, stage)).toEqual({ scale: 2, x: 150, y: -150 })
})

test('what has room at its sides stays in the middle', () => {
  const view = zoomed(whole, 1.2, picture, stage, { x: 200, y: 0 })
  expect(view.x).toBeCloseTo(0)
})

test('zooming out again shows it whole, in the middle', () => {
  const near = moved(zoomed(whole, 4, picture, stage), { x: 300, y: 200 }, picture, stage)
  expect(zoomed(near, 0.01, picture, stage)).toEqual(whole)
})
