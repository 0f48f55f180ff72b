using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Migrates the schemas, as their owner: numbered files, forward only, each applied once in its own transaction and recorded with its
/// digest. A file that was edited after it was applied is refused, and so is a database with files that this build does not have. The login
/// of the Host becomes a member of the application's role, and nothing more. When nothing is to be applied, nothing but reading is needed:
/// a Host can start without the owner's login. Then Marten applies its own tables (<see cref="MartenSchema"/>). An advisory lock makes
/// Hosts that start at the same time wait for each other.
/// </summary>
/// <param name="connectionString">Connects as the owner.</param>
/// <param name="host">The Host's own connection string; null when it is the same.</param>
public sealed class Migrations(string connectionString, string? host = null)
{
    private const string GlobalSchema = "audience_sync";

    // The row of schema_versions that is no file: the version of MartenSchema.
    private const string MartenRow = "marten";

    private const string LockKey = "select pg_advisory_lock(hashtextextended('audiencesync migrations', 0))";

    private const string MakeRole = $"""
        do $$ begin
          if not exists (select from pg_roles where rolname = '{WorkspaceDatabase.AppRole}') then
            create role {WorkspaceDatabase.AppRole} nologin;
          end if;
          if not pg_has_role(current_user, '{WorkspaceDatabase.AppRole}', 'member') then
            execute format('grant {WorkspaceDatabase.AppRole} to %I', current_user);
          end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """;

    private const string AdmitHost = $"""
        do $$ begin
          if not exists (select from pg_roles where rolname = %login%) then
            execute format('create role %I login', %login%);
          end if;
          if not pg_has_role(%login%, '{WorkspaceDatabase.AppRole}', 'member') then
            execute format('grant {WorkspaceDatabase.AppRole} to %I', %login%);
          end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """;

    private const string MakeVersions = """
        create table if not exists schema_versions (
          name        text primary key,
          digest      text not null,
          applied_at  timestamptz not null default now()
        )
        """;

    /// <summary>Applies missing files. Returns the names of the applied files.</summary>
    /// <exception cref="SchemaChangedException">The content of an applied file has changed.</exception>
    /// <exception cref="SchemaUnknownException">A file was applied that this build does not have.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<WorkspaceName> workspaces, CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        await using var source = Source();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, LockKey, cancellationToken);
        await ExecuteAsync(connection, MakeRole, cancellationToken);
        await AdmitHostAsync(connection, cancellationToken);
        await ApplySchemaAsync(connection, GlobalSchema, "Global", applied, cancellationToken);
        foreach (var workspace in workspaces)
        {
            await ApplySchemaAsync(connection, workspace.Schema, "Workspace", applied, cancellationToken);
            await ApplyMartenAsync(connection, workspace, applied, cancellationToken);
            await RegisterAsync(connection, workspace, cancellationToken);
        }

        if (applied.Count > 0)
        {
            await ExecuteAsync(connection, $"grant usage on schema {GlobalSchema} to {WorkspaceDatabase.AppRole}", cancellationToken);
            await ExecuteAsync(
                connection,
                $"grant select on all tables in schema {GlobalSchema} to {WorkspaceDatabase.AppRole}",
                cancellationToken
            );
        }

        return applied;
    }

    // A login is named in the connection string only; without one, PostgreSQL takes the name of the process's user.
    private async Task AdmitHostAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (host is not null && new NpgsqlConnectionStringBuilder(host).Username is { Length: > 0 } login)
        {
            var literal = $"'{login.Replace("'", "''", StringComparison.Ordinal)}'";
            await ExecuteAsync(connection, AdmitHost.Replace("%login%", literal, StringComparison.Ordinal), cancellationToken);
        }
    }

    private async Task ApplyMartenAsync(
        NpgsqlConnection connection,
        WorkspaceName workspace,
        List<string> applied,
        CancellationToken cancellationToken
    )
    {
        var version = MartenSchema.Version;
        await using var select = new NpgsqlCommand($"select digest from schema_versions where name = '{MartenRow}'", connection);
        if (await select.ExecuteScalarAsync(cancellationToken) as string == version)
        {
            return;
        }

        await MartenSchema.ApplyAsync(connectionString, workspace, cancellationToken);
        await ExecuteAsync(connection, MartenSchema.Grants(workspace), cancellationToken);
        await using var remember = new NpgsqlCommand(
            $"insert into schema_versions (name, digest) values ('{MartenRow}', $1) "
                + "on conflict (name) do update set digest = excluded.digest",
            connection
        );
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = version });
        await remember.ExecuteNonQueryAsync(cancellationToken);
        applied.Add($"{workspace.Schema}/{MartenRow}");
    }

    private NpgsqlDataSource Source() =>
        new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                Pooling = false,
                GssEncryptionMode = GssEncryptionMode.Disable,

                // A Host that is frozen while it migrates delays the start of others by half a minute, not indefinitely.
                Options = "-c idle_session_timeout=30s -c idle_in_transaction_session_timeout=30s",
            }.ConnectionString
        )
        {
            Name = "schema",
        }.Build();

    private static async Task ApplySchemaAsync(
        NpgsqlConnection connection,
        string schema,
        string folder,
        List<string> applied,
        CancellationToken cancellationToken
    )
    {
        await using (var made = new NpgsqlCommand($"select to_regclass('{schema}.schema_versions') is not null", connection))
        {
            if (await made.ExecuteScalarAsync(cancellationToken) is not true)
            {
                await ExecuteAsync(connection, $"create schema if not exists {schema}", cancellationToken);
                await ExecuteAsync(connection, $"set search_path = {schema}", cancellationToken);
                await ExecuteAsync(connection, MakeVersions, cancellationToken);
            }
        }

        await ExecuteAsync(connection, $"set search_path = {schema}", cancellationToken);
        var known = await KnownAsync(connection, cancellationToken);
        var files = Files(folder).ToList();
        var unknown = known.Keys.Except(files.Select(file => file.Name).Append(MartenRow), StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new SchemaUnknownException(schema, [.. unknown.Order(StringComparer.Ordinal)]);
        }

        foreach (var (name, text) in files)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            if (!known.TryGetValue(name, out var before))
            {
                await ApplyFileAsync(connection, schema, name, text, digest, cancellationToken);
                applied.Add($"{schema}/{name}");
            }
            else if (!string.Equals(before, digest, StringComparison.Ordinal))
            {
                throw new SchemaChangedException(schema, name);
            }
        }
    }

    private static async Task ApplyFileAsync(
        NpgsqlConnection connection,
        string schema,
        string name,
        string text,
        string digest,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var sql = text.Replace("${schema}", schema, StringComparison.Ordinal)
            .Replace("${app_role}", WorkspaceDatabase.AppRole, StringComparison.Ordinal);
        await ExecuteAsync(connection, sql, cancellationToken);
        await using var remember = new NpgsqlCommand("insert into schema_versions (name, digest) values ($1, $2)", connection);
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = digest });
        await remember.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RegisterAsync(NpgsqlConnection connection, WorkspaceName workspace, CancellationToken cancellationToken)
    {
        await using var known = new NpgsqlCommand($"select exists (select from {GlobalSchema}.workspaces where name = $1)", connection);
        known.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspace.Value });
        if (await known.ExecuteScalarAsync(cancellationToken) is not true)
        {
            await using var register = new NpgsqlCommand($"insert into {GlobalSchema}.workspaces (name) values ($1)", connection);
            register.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspace.Value });
            await register.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<Dictionary<string, string>> KnownAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var select = new NpgsqlCommand("select name, digest from schema_versions", connection);
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(reader.GetString(0), reader.GetString(1));
        }

        return known;
    }

    private static IEnumerable<(string Name, string Text)> Files(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var mark = $".EventStore.Schema.{folder}.";
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(n => n.Contains(mark, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[(resource.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..], reader.ReadToEnd());
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
