"""The Auth service of the devstack: GoTrue's HTTP surface over the schema `auth`.

A request passes three layers: `routes` (HTTP in, HTTP out), one operation module per thing a person can do
(`sign_up`, `sign_in`, `refresh`, `account`, `sign_out`, `administration`), and one module per noun that owns
its SQL (`users`, `identities`, `sessions`, `refresh_tokens`, `one_time_tokens`).
"""
