// Shows the contract that the page names. Nothing is fetched from, or told to, anybody but this Beep.
const place = document.getElementById('contract')

window.Scalar.createApiReference(place, {
  url: place.dataset.url,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  persistAuth: false,
  showDeveloperTools: 'never',
  telemetry: false,
  withDefaultFonts: false,
})
