"""What a theorem may assume without proof: a fixed list; a theorem that assumes anything else is not accepted."""

from __future__ import annotations

# The axioms of Coq's real numbers, and what its standard library and Coquelicot add.
OF_THE_REALS = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
        "Epsilon.epsilon_statement",
    }
)
# Coq's machine integers, in which interval arithmetic computes: the operations, which the processor does, and that each
# of them does to machine integers what the same operation does to integers.
_OPERATIONS = """
    add addc addcarryc addmuldiv compare div diveucl diveucl_21 eqb head0 int land leb lor lsl lsr ltb lxor mod
    mul mulc sub subc subcarryc tail0
"""
_LAWS = """
    add_spec addc_def_spec addcarryc_def_spec addmuldiv_def_spec compare_def_spec div_spec diveucl_21_spec
    diveucl_def_spec eqb_correct eqb_refl head0_spec land_spec leb_spec lor_spec lsl_spec lsr_spec ltb_spec
    lxor_spec mod_spec mul_spec mulc_spec of_to_Z sub_spec subc_def_spec subcarryc_def_spec tail0_spec
"""
OF_THE_MACHINE = frozenset(
    (*(f"PrimInt63.{name}" for name in _OPERATIONS.split()), *(f"Uint63.{name}" for name in _LAWS.split()))
)
ALLOWED = OF_THE_REALS | OF_THE_MACHINE
