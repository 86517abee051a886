using System.Runtime.CompilerServices;
using MediaServer.Contracts;
using MediaServer.Meetings.Participants;
using MediaServer.Server.Grains;
using MediaServer.Server.Observability;
using MediaServer.Server.Persistence;
using Microsoft.AspNetCore.SignalR;
using Orleans.Concurrency;
using static MediaServer.Server.Grains.ContractMapping;

namespace MediaServer.Server.Hubs;

/// <summary>
/// The edge of signalling: checks what comes in, asks the meeting's grain, and answers with a value or an error, never with an exception.
/// </summary>
internal sealed partial class MeetingHub(IGrainFactory grains, MeetingStore store, SignallingMetrics metrics, TimeProvider time, ILogger<MeetingHub> logger)
    : Hub<IMeetingClient>, IMeetingHub
{
    private const int MaxTitleLength = 200;
    private const int MaxPublications = 16;
    private const int MaxSlotChoices = 64;
    private const string BudgetKey = "budget";
    private const string MeetingKey = "meeting";

    private string? MeetingOfConnection => Context.Items.TryGetValue(MeetingKey, out var code) ? (string?)code : null;

    public override Task OnConnectedAsync()
    {
        Context.Items[BudgetKey] = new CallBudget(time);
        metrics.ConnectionOpened();
        return base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        metrics.ConnectionClosed();
        if (MeetingOfConnection is { } code)
        {
            await grains.GetGrain<IMeetingGrain>(code).Disconnected(Context.ConnectionId);
        }

        await base.OnDisconnectedAsync(exception);
    }

    public Task<HubResult<MeetingInfo>> CreateMeeting(CreateMeetingRequest request) => Guard<MeetingInfo>(request, async () =>
    {
        var title = request.Title?.Trim() ?? string.Empty;
        if (title.Length > MaxTitleLength || title.Any(char.IsControl))
        {
            return Refuse<MeetingInfo>(ErrorCodes.InvalidArgument, $"A title has at most {MaxTitleLength} characters in one line.");
        }

        var row = new MeetingRow { Code = MeetingCode.Create(), Title = title, CreatedAt = time.GetUtcNow() };
        await store.Add(row, Context.ConnectionAborted);
        return Ok(new MeetingInfo(row.Code, row.Title, 0));
    });

    public Task<HubResult<MeetingInfo>> LookUpMeeting(LookUpMeetingRequest request) => Guard<MeetingInfo>(request, async () =>
    {
        var info = MeetingCode.TryNormalise(request.Code, out var code) ? (await grains.GetGrain<IMeetingGrain>(code).Describe()).Value : null;
        return info is null ? Refuse<MeetingInfo>(ErrorCodes.MeetingNotFound, "There is no meeting with this code.") : Ok(info);
    });

    public Task<HubResult<JoinedMeeting>> Join(JoinRequest request) => Guard<JoinedMeeting>(request, async () =>
    {
        if (!MeetingCode.TryNormalise(request.Code, out var code))
        {
            return Refuse<JoinedMeeting>(ErrorCodes.MeetingNotFound, "There is no meeting with this code.");
        }

        if (request.Devices is null)
        {
            return Refuse<JoinedMeeting>(ErrorCodes.InvalidArgument, "The state of the devices is missing.");
        }

        if (MeetingOfConnection is { } other && other != code)
        {
            return Refuse<JoinedMeeting>(ErrorCodes.InvalidArgument, "This connection is in another meeting.");
        }

        // First the group, then the snapshot: no change can fall between. The client drops deltas that the snapshot holds already.
        await Groups.AddToGroupAsync(Context.ConnectionId, HubPushes.GroupOf(code));
        var result = (await grains.GetGrain<IMeetingGrain>(code).Join(Context.ConnectionId, request.AsImmutable())).Value;
        if (result.Error is null)
        {
            Context.Items[MeetingKey] = code;
        }
        else if (MeetingOfConnection is null)
        {
            await Groups.RemoveFromGroupAsync(Context.ConnectionId, HubPushes.GroupOf(code));
        }

        return result;
    });

    public Task<HubResult<NegotiateReply>> Negotiate(NegotiateRequest request) => InMeeting<NegotiateReply>(request, async grain =>
        request.Sdp is null || request.Publications?.Count > MaxPublications
            ? Refuse<NegotiateReply>(ErrorCodes.InvalidArgument, $"An offer and at most {MaxPublications} publications are needed.")
            : (await grain.Negotiate(Context.ConnectionId, request.AsImmutable())).Value);

    public Task<HubResult<Done>> ChooseSlots(ChooseSlotsRequest request) => InMeeting<Done>(request, async grain =>
        request.Slots is null || request.Slots.Count > MaxSlotChoices
            ? Refuse<Done>(ErrorCodes.InvalidArgument, $"At most {MaxSlotChoices} slots at a time.")
            : (await grain.ChooseSlots(Context.ConnectionId, request.AsImmutable())).Value);

    public Task<HubResult<Done>> SetDeviceState(DeviceState request) => InMeeting<Done>(request, async grain =>
        (await grain.SetDeviceState(Context.ConnectionId, request.AsImmutable())).Value);

    public Task<HubResult<ParticipantPage>> ListParticipants(ListParticipantsRequest request) => InMeeting<ParticipantPage>(request, async grain =>
        request.Offset < 0 || request.Limit is < 1 or > Roster.MaxPage || request.Query?.Length > DisplayName.MaxLength
            ? Refuse<ParticipantPage>(ErrorCodes.InvalidArgument, $"The offset must be 0 or more, the limit 1-{Roster.MaxPage}.")
            : (await grain.ListParticipants(Context.ConnectionId, request.AsImmutable())).Value);

    public Task<HubResult<Done>> Leave() => InMeeting<Done>(new Done(), async grain =>
    {
        var result = (await grain.Leave(Context.ConnectionId)).Value;
        Context.Items.Remove(MeetingKey);
        return result;
    });

    private Task<HubResult<T>> InMeeting<T>(object? request, Func<IMeetingGrain, Task<HubResult<T>>> call, [CallerMemberName] string method = "")
        where T : class => Guard(
            request,
            () => MeetingOfConnection is { } code
                ? call(grains.GetGrain<IMeetingGrain>(code))
                : Task.FromResult(Refuse<T>(ErrorCodes.NotJoined, "Join a meeting first.")),
            method);

    private async Task<HubResult<T>> Guard<T>(object? request, Func<Task<HubResult<T>>> call, [CallerMemberName] string method = "")
        where T : class
    {
        var result = await GuardedResult(request, call, method);
        metrics.Called(method, result.Error?.Code ?? "ok");
        return result;
    }

    private async Task<HubResult<T>> GuardedResult<T>(object? request, Func<Task<HubResult<T>>> call, string method)
        where T : class
    {
        if (!((CallBudget)Context.Items[BudgetKey]!).TrySpend())
        {
            return Refuse<T>(ErrorCodes.RateLimited, "Too many calls: slow down.");
        }

        if (request is null)
        {
            return Refuse<T>(ErrorCodes.InvalidArgument, "The request is missing.");
        }

        try
        {
            return await call();
        }
        catch (OperationCanceledException) when (Context.ConnectionAborted.IsCancellationRequested)
        {
            // Who asked has hung up: nobody reads this answer, and nothing is wrong with the server.
            return Refuse<T>(ErrorCodes.NotJoined, "The connection is gone.");
        }
        catch (Exception exception)
        {
            LogFailed(exception, method);
            return Refuse<T>(ErrorCodes.Internal, "Something went wrong on the server. Try again; if it stays, tell the administrator.");
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Hub method {Method} failed")]
    private partial void LogFailed(Exception exception, string method);
}
