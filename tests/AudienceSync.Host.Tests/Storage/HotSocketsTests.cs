using System.Net.Sockets;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Tests.Storage;

/// <summary>Reflection that no longer finds what it looks for is slower and says nothing: these tests do.</summary>
public sealed class HotSocketsTests
{
    [Fact]
    public async Task Connections_on_the_path_of_a_webhook_complete_inline_and_others_do_not()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        (await IsChosenAsync(workspace.Database.Append)).ShouldBeTrue();
        (await IsChosenAsync(workspace.Database.Hot)).ShouldBeTrue();
        (await IsChosenAsync(workspace.Database.Query)).ShouldBeFalse();
        (await IsChosenAsync(workspace.Database.Login)).ShouldBeFalse();
    }

    [Fact]
    public void The_framework_has_the_property()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        HotSockets.Choose(socket);

        HotSockets.IsChosen(socket).ShouldBeTrue();
    }

    private static async Task<bool> IsChosenAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return HotSockets.IsChosen(connection);
    }
}
