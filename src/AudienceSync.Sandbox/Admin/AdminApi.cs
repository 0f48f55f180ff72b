using System.Security.Cryptography;
using System.Text;
using AudienceSync.Sandbox.CustomerIo;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Admin;

/// <summary>All state that the admin API reads and changes.</summary>
internal sealed record AdminState(PlatformParts Parts, IReadOnlyList<IPlatform> Platforms)
{
    public ListRegistry Lists => Parts.Lists;

    public FaultPlan Faults => Parts.Faults;

    public CallLog Calls => Parts.Calls;
}

/// <summary>Routes of <c>/admin</c>, described in docs/sandbox.md.</summary>
internal static class AdminApi
{
    public static void Map(WebApplication app, string? token, AdminState state)
    {
        RequestDelegate Guard(RequestDelegate inner) =>
            context =>
            {
                if (!Allowed(context.Request, token))
                {
                    return AdminResponse.ProblemAsync(
                        context,
                        StatusCodes.Status401Unauthorized,
                        "admin_token_required",
                        "Send Authorization: Bearer with the admin token."
                    );
                }

                foreach (var platform in state.Platforms)
                {
                    platform.Settle();
                }

                return inner(context);
            };

        app.MapGet("/admin/lists", Guard(context => AdminLists.AllAsync(context, state.Lists)));
        app.MapGet("/admin/lists/{audience}", Guard(context => AdminLists.OneAsync(context, state.Lists)));
        app.MapDelete("/admin/lists/{audience}", Guard(context => AdminLists.DeleteAsync(context, state.Lists)));
        app.MapPost(
            "/admin/lists/{audience}/digests",
            Guard(context => AdminLists.EditAsync(context, state.Lists, adding: true, state.Parts.Clock))
        );
        app.MapDelete(
            "/admin/lists/{audience}/digests",
            Guard(context => AdminLists.EditAsync(context, state.Lists, adding: false, state.Parts.Clock))
        );
        app.MapPost("/admin/accounts", Guard(context => AdminAccounts.UpsertAsync(context, state.Platforms)));
        app.MapGet("/admin/faults", Guard(context => AdminFaults.AllAsync(context, state.Faults)));
        app.MapPost("/admin/faults", Guard(context => AdminFaults.AddAsync(context, state.Faults, state.Lists)));
        app.MapPost("/admin/faults/seeded", Guard(context => AdminFaults.AddSeededAsync(context, state.Faults, state.Parts.Clock)));
        app.MapDelete("/admin/faults", Guard(context => AdminFaults.ClearAsync(context, state.Faults)));
        app.MapGet("/admin/calls", Guard(context => CallsAsync(context, state)));
        AdminCustomerIo.Map(app, Guard, state.Platforms.OfType<CustomerIoPlatform>().Single());
        AdminAlerting.Map(app, Guard, state.Platforms);
        app.MapPost("/admin/reset", Guard(context => ResetAsync(context, state)));
        app.Map(
            "/admin/{**rest}",
            Guard(context =>
                AdminResponse.ProblemAsync(
                    context,
                    StatusCodes.Status404NotFound,
                    "not_found",
                    "No such admin route or method; see docs/sandbox.md."
                )
            )
        );
    }

    private static bool Allowed(HttpRequest request, string? token) =>
        token is null
        || CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()),
            Encoding.UTF8.GetBytes($"Bearer {token}")
        );

    private static async Task CallsAsync(HttpContext context, AdminState state)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(
            state.Calls.ToJson(state.Platforms.SelectMany(platform => platform.Budgets)),
            context.RequestAborted
        );
    }

    // Accounts are kept: a client that created them through the API does not have to create them again.
    private static Task ResetAsync(HttpContext context, AdminState state)
    {
        state.Faults.Clear();
        foreach (var platform in state.Platforms)
        {
            platform.Reset();
        }

        state.Lists.Clear();
        state.Calls.Clear();
        return NoContentAsync(context);
    }

    public static Task NoContentAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
