using Npgsql;

namespace AudienceSync.CodeRules.Storage.Samples;

// Each type uses Npgsql in one way only, so that each kind of search is shown to find it.
internal abstract class InAField
{
    protected NpgsqlDataSource[] Sources = [];
}

internal static class InASignature
{
    public static string? Name(NpgsqlConnection? connection) => connection?.ToString();
}

internal static class InABody
{
    public static void Run() => NpgsqlConnection.ClearAllPools();
}

internal static class InAGenericArgument
{
    public static object Run() => new List<NpgsqlParameter>();
}

internal static class InACatch
{
    public static bool Run(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }
}

internal static class InALambda
{
    public static Action Run(int times) =>
        () =>
        {
            for (var i = 0; i < times; i++)
            {
                NpgsqlConnection.ClearAllPools();
            }
        };
}

internal static class InAnAsyncMethod
{
    public static async Task Run(Task before)
    {
        await before;
        NpgsqlConnection.ClearAllPools();
    }
}

internal static class InACallOfAnothersSignature
{
    public static string? Run() => InASignature.Name(connection: null);
}

internal sealed class InAConstraint<T>
    where T : NpgsqlException
{
    public string Name => typeof(T).Name;
}

internal static class NotAtAll
{
    public static string Npgsql() => "Npgsql." + nameof(Npgsql);
}
