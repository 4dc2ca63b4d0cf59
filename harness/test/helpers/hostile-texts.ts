const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')

/** What a guest may print to do harm in a report, or what is only rare. */
export const hostileTexts: readonly string[] = [
  `${controls}\x7f\x85 \ud800 \udc00x\ud83d \ufffe\uffff ]]> ]]> <b a="1" c='2'>&amp;&#27;</b> \x1b[31mred\x1b[0m`,
  ']]></failure></testcase><testcase classname="x" name="forged"/><testcase><failure>',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
  '<![CDATA[x]]> &#x0; &lt; &unknown; %e;',
  '[[ATTACHMENT|/etc/passwd]]',
  '<children/>',
  '\x1b]8;;http://x\x07link\x1b]8;;\x07 \u202egnp.exe\u2028\u2029\ufeff',
  'line\r\nline\rline\n\n\n  line\t\ttabs',
  '😀 ünïcode ‮ ﷽ \u0000',
  '-->--><!-- ',
  `${'very long '.repeat(400)}end`,
  '_ #2',
  '   ',
]
