"""The public names: each is imported from its home when it is first asked for."""

from netspec.capture.imported import from_module as from_module
from netspec.compiler import compile as compile
from netspec.compiler.plan import Plan as Plan
from netspec.diagnostic import Diagnostic as Diagnostic
from netspec.diagnostic import NetspecError as NetspecError
from netspec.diagnostic import SpecError as SpecError
from netspec.diagnostic import UsageError as UsageError
from netspec.emit.export import export as export
from netspec.network.build import build as build
from netspec.network.load import load_run as load_run
from netspec.report import Report as Report
from netspec.report import check as check
from netspec.runner.train import train as train
from netspec.search.candidates import candidates as candidates
from netspec.source import load as load

__version__: str

def __dir__() -> list[str]: ...
