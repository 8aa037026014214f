* (c + c^*)^n, normal ordered, with commuting symbols: ad^m a^k stands for the normal ordered
* product, times c is one power more, times c^* moves past a^k.
*   form -q -d n=24 [-d check=1] power-symbols.frm
#-
Off statistics;
Symbols ad, a, k;
Local F = 1;
.sort
#do i = 1, `n'
id a^k? = a^k*(ad + a) + k*a^(k-1);
.sort
#enddo
#$terms = termsin_(F);
#write "terms `$terms'"
#ifdef `check'
id a = 1;
id ad = 1;
.sort
#$sum = F;
#write "sum `$sum'"
#endif
.end
