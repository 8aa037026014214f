* H^2, normal ordered, n modes, with noncommuting functions of a mode and `repeat id`:
*   H = sum t_ij z_i^* z_j + sum v_ijkl z_i^* z_j^* z_k z_l,  labels from 0 to n-1,
*   t = 1 + ((i+2j) mod 5),  v = 1 + ((i+2j+3k+5l) mod 7).
*   form -q -d n=6 [-d check=1] quartic-repeat.frm
#-
Off statistics;
Functions zd, z;
CFunctions cd, c;
Symbols x, y;
Local H =
#do i = 0, {`n'-1}
#do j = 0, {`n'-1}
+ (1 + mod_({`i'+2*`j'}, 5))*zd(`i')*z(`j')
#do k = 0, {`n'-1}
#do l = 0, {`n'-1}
+ (1 + mod_({`i'+2*`j'+3*`k'+5*`l'}, 7))*zd(`i')*zd(`j')*z(`k')*z(`l')
#enddo
#enddo
#enddo
#enddo
;
repeat;
id disorder zd(x?)*zd(y?) = zd(y)*zd(x);
id disorder z(x?)*z(y?) = z(y)*z(x);
endrepeat;
.sort
Drop H;
Local F = H*H;
repeat id z(x?)*zd(y?) = zd(y)*z(x) + delta_(x-y);
id zd(x?) = cd(x);
id z(x?) = c(x);
.sort
#$terms = termsin_(F);
#write "terms `$terms'"
#ifdef `check'
id c(x?) = 1;
id cd(x?) = 1;
.sort
#$sum = F;
#write "sum `$sum'"
#endif
.end
