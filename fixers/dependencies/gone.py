"""Names that distributions dropped, mostly without a successor, and the first release without each."""

from __future__ import annotations

from collections.abc import Mapping

_BY_RELEASE: Mapping[str, str] = {
    "celery 5.0": "celery.task",
    "django 3.0": "django.utils.six django.utils.lru_cache django.contrib.staticfiles.templatetags",
    "flask 2.3": "flask._app_ctx_stack flask._request_ctx_stack flask.Flask.before_first_request",
    "itsdangerous 2.1": "itsdangerous.JSONWebSignatureSerializer itsdangerous.TimedJSONWebSignatureSerializer",
    "jinja2 3.1": "jinja2.ext.autoescape jinja2.ext.with_",
    "marshmallow 4.0": "marshmallow.pprint",
    "matplotlib 3.9": "matplotlib.cm.register_cmap matplotlib.cm.unregister_cmap",
    "networkx 3.0": "networkx.info networkx.read_gpickle networkx.write_gpickle networkx.read_shp",
    "numpy 2.0": (
        "numpy.DataSource numpy.geterrobj numpy.issctype numpy.lookfor numpy.maximum_sctype numpy.nbytes "
        "numpy.recfromcsv numpy.recfromtxt numpy.sctypes numpy.seterrobj numpy.who"
    ),
    "packaging 22.0": "packaging.version.LegacyVersion packaging.specifiers.LegacySpecifier",
    "pandas 1.0": "pandas.Panel pandas.DataFrame.from_items pandas.Series.get_values pandas.read_msgpack",
    "pandas 2.0": "pandas.DataFrame.append pandas.DataFrame.lookup pandas.DataFrame.mad pandas.Series.append",
    "scikit-learn 1.2": "sklearn.datasets.load_boston",
    "scipy 1.2": "scipy.misc.imread scipy.misc.imsave",
    "scipy 1.3": "scipy.misc.imresize",
    "scipy 1.12": "scipy.misc.ascent scipy.misc.central_diff_weights scipy.misc.derivative scipy.misc.face",
    "sqlalchemy 2.0": "sqlalchemy.orm.create_session sqlalchemy.orm.mapper",
    "urllib3 2.0": "urllib3.contrib.ntlmpool urllib3.util.ssl_.DEFAULT_CIPHERS",
    "werkzeug 1.0": "werkzeug.contrib",
    "werkzeug 2.1": "werkzeug.useragents",
}

GONE: Mapping[str, str] = {name: release for release, names in _BY_RELEASE.items() for name in names.split()}
"""Dotted name of a module, class, function or method, to distribution and release."""
