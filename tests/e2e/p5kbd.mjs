import { chromium } from '@playwright/test'
const B='http://127.0.0.1:18605'
const api=async(tok,m,p,b)=>{const r=await fetch(B+'/api/v1'+p,{method:m,headers:{...(tok?{authorization:'Bearer '+tok}:{}),...(b?{'content-type':'application/json'}:{})},body:b?JSON.stringify(b):undefined});const t=await r.text();if(!r.ok)console.log(m,p,r.status,t.slice(0,300));return t?JSON.parse(t):null}
const tok=(await api(null,'POST','/auth/login',{email:'leo@demo.example',password:'beep-demo-2026'})).access_token
const own=(await api(tok,'GET','/users/@me/servers')).items[0]
for(const n of ['One','Two','Three'])await api(tok,'POST',`/servers/${own.id}/roles`,{name:n})
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']})
const page=await b.newPage();await page.request.post(B+'/api/v1/auth/login',{data:{email:'leo@demo.example',password:'beep-demo-2026'}})
await page.goto(B+`/servers/${own.id}/settings/roles`)
await page.getByRole('row').first().waitFor()
await page.getByRole('button',{name:'Create a role'}).focus()
for(const k of ['Tab','ArrowDown','ArrowDown','ArrowRight','Enter','ArrowUp','ArrowUp','Home','Enter']){await page.keyboard.press(k);await page.waitForTimeout(250);console.log(k,await page.evaluate(()=>{const a=document.activeElement;return a.tagName+' '+a.getAttribute('role')+' '+(a.getAttribute('aria-label')||a.textContent).slice(0,80)}))}
await page.waitForTimeout(600)
console.log(await page.getByRole('row').allTextContents())
await b.close()
