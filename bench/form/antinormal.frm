* c^n (c^*)^n, normal ordered, by the closed form.
*   form -q -d n=40 [-d check=1] antinormal.frm
#-
Off statistics;
Symbols ad, a, j, k, m;
Local F = a^`n'*ad^`n';
id a^m?*ad^k? = sum_(j, 0, min_(m,k), fac_(j)*binom_(m,j)*binom_(k,j)*ad^(k-j)*a^(m-j));
.sort
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
