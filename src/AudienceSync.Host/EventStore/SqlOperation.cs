using System.Data.Common;
using AudienceSync.Domain.Events;
using JasperFx.Events;
using Marten.Internal.Operations;
using Npgsql;
using Weasel.Core;
using Weasel.Storage;
using ICommandBuilder = Weasel.Postgresql.ICommandBuilder;
using IStorageOperation = Marten.Internal.Operations.IStorageOperation;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Statements of ours in a Marten session: they go to the server in the session's batch, in the order in which they were queued, in its
/// transaction.
/// <para>
/// <b>Parameters.</b> Marten's command builder writes a placeholder wherever it adds a parameter, and ours are numbered in the statement
/// already, some of them more than once. So the builder's placeholders go into a comment behind the statement.
/// </para>
/// <para>
/// <b>Results.</b> Marten moves to the next result after each operation. A statement that selects has a result of its own, so all but one
/// of them are skipped here.
/// </para>
/// </summary>
internal sealed class SqlOperation(IReadOnlyList<NpgsqlBatchCommand> commands) : IStorageOperation
{
    private readonly int _results = commands.Count(command => command.CommandText.StartsWith("select", StringComparison.Ordinal));

    public Type DocumentType => typeof(IEvent);

    public OperationRole Role() => OperationRole.Other;

    public void ConfigureCommand(ICommandBuilder builder, IStorageSession session)
    {
        for (var i = 0; i < commands.Count; i++)
        {
            if (i > 0)
            {
                builder.StartNewCommand();
            }

            Add(builder, commands[i]);
        }
    }

    public async Task PostprocessAsync(DbDataReader reader, IList<Exception> exceptions, CancellationToken token)
    {
        for (var skipped = 1; skipped < _results; skipped++)
        {
            await reader.NextResultAsync(token);
        }
    }

    private static void Add(ICommandBuilder builder, NpgsqlBatchCommand command)
    {
        builder.Append(command.CommandText);
        if (command.Parameters.Count == 0)
        {
            return;
        }

        builder.Append(" /*");
        foreach (NpgsqlParameter parameter in command.Parameters)
        {
            Add(builder, parameter);
        }

        builder.Append("*/");
    }

    // The type is named where the driver cannot infer it from the value: see Sql.
    private static void Add(ICommandBuilder builder, NpgsqlParameter parameter)
    {
        if (
            parameter.GetType() == typeof(NpgsqlParameter)
            || parameter is NpgsqlParameter<List<DateTime>> or NpgsqlParameter<List<DateTime?>>
        )
        {
            builder.AppendParameter(parameter.Value, parameter.NpgsqlDbType);
        }
        else
        {
            builder.AppendParameter(parameter.Value!, null);
        }
    }
}
