import { chromium } from '@playwright/test'
const B='http://127.0.0.1:18605'
const api=async(tok,m,p,b)=>{const r=await fetch(B+'/api/v1'+p,{method:m,headers:{...(tok?{authorization:'Bearer '+tok}:{}),...(b?{'content-type':'application/json'}:{})},body:b?JSON.stringify(b):undefined});const t=await r.text();if(!r.ok)console.log(m,p,r.status,t.slice(0,300));return t?JSON.parse(t):null}
const tok=(await api(null,'POST','/auth/login',{email:'leo@demo.example',password:'beep-demo-2026'})).access_token
const own=(await api(tok,'GET','/users/@me/servers')).items.find(s=>s.name==='Robotics Club')
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']})
const page=await b.newPage();await page.request.post(B+'/api/v1/auth/login',{data:{email:'leo@demo.example',password:'beep-demo-2026'}})
const inert=async n=>{await page.waitForTimeout(600);console.log(n,await page.evaluate(()=>[...document.querySelectorAll('[inert],[aria-hidden=true]')].filter(e=>e.tagName!=='svg'&&!e.closest('svg')&&e.tagName!=='SPAN').map(e=>e.tagName+'.'+e.className+' '+e.id+(e.inert?' INERT':' hidden')).slice(0,6)))}
await page.goto(B+`/channels/${own.id}`)
await page.getByRole('log').waitFor();await inert('start')
await page.getByRole('button',{name:/server menu/}).click();await page.getByRole('menuitem',{name:'Leave server'}).click();await inert('dialog')
await page.getByRole('button',{name:'Go there'}).click();await inert('settings')
await page.getByRole('button',{name:'Choose the new owner'}).click();await inert('picker')
await page.keyboard.press('Escape');await inert('picker closed')
await page.keyboard.press('Escape');await inert('settings closed')
await page.goto(B+`/channels/${own.id}`)
await page.getByRole('log').waitFor()
await page.getByRole('button',{name:/server menu/}).click();await page.getByRole('menuitem',{name:'Server settings'}).click();await inert('settings directly')
await page.getByRole('link',{name:'Danger zone'}).click()
await page.getByRole('button',{name:'Choose the new owner'}).click();await inert('picker')
await page.getByRole('button',{name:/^Choose: /}).nth(1).click();await inert('transfer')
await page.keyboard.press('Escape');await inert('transfer closed')
await page.keyboard.press('Escape');await inert('settings closed')
await b.close()
