* H^2, normal ordered, n modes, with commuting symbols: of the left factor z's become
* l's, of the right factor's z^* become r's, and each mode is contracted by the closed form.
*   H = sum t_ij z_i^* z_j + sum v_ijkl z_i^* z_j^* z_k z_l,  labels from 0 to n-1,
*   t = 1 + ((i+2j) mod 5),  v = 1 + ((i+2j+3k+5l) mod 7).
*   form -q -d n=6 [-d check=1] quartic-symbols.frm
#-
Off statistics;
Symbols zd0,...,zd{`n'-1}, z0,...,z{`n'-1}, l0,...,l{`n'-1}, r0,...,r{`n'-1};
Local A =
#do i = 0, {`n'-1}
#do j = 0, {`n'-1}
+ (1 + mod_({`i'+2*`j'}, 5))*zd`i'*l`j'
#do k = 0, {`n'-1}
#do l = 0, {`n'-1}
+ (1 + mod_({`i'+2*`j'+3*`k'+5*`l'}, 7))*zd`i'*zd`j'*l`k'*l`l'
#enddo
#enddo
#enddo
#enddo
;
Local B = A;
.sort
Skip A;
Multiply replace_(<zd0,r0>,...,<zd{`n'-1},r{`n'-1}>, <l0,z0>,...,<l{`n'-1},z{`n'-1}>);
.sort
Drop A, B;
Local F = A*B;
#do i = 0, {`n'-1}
if (count(r`i',1)>0);
id l`i'^2*r`i'^2 = zd`i'^2*z`i'^2 + 4*zd`i'*z`i' + 2;
also l`i'^2*r`i' = zd`i'*z`i'^2 + 2*z`i';
also l`i'*r`i'^2 = zd`i'^2*z`i' + 2*zd`i';
also l`i'*r`i' = zd`i'*z`i' + 1;
endif;
#enddo
Multiply replace_(<l0,z0>,...,<l{`n'-1},z{`n'-1}>, <r0,zd0>,...,<r{`n'-1},zd{`n'-1}>);
.sort
#$terms = termsin_(F);
#write "terms `$terms'"
#ifdef `check'
Multiply replace_(<zd0,1>,...,<zd{`n'-1},1>, <z0,1>,...,<z{`n'-1},1>);
.sort
#$sum = F;
#write "sum `$sum'"
#endif
.end
